import { age, bytes, compact, duration, percent, rate, shortId } from './format.js';

describe('figures', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1k'],
    [12_345, '12.3k'],
    [123_456, '123k'],
    [4_560_000, '4.6M'],
  ])('shorten %d to %s', (value, text) => expect(compact(value)).toBe(text));

  it('keep decimals only where they are asked for', () => {
    expect(compact(1.26)).toBe('1');
    expect(compact(1.26, 1)).toBe('1.3');
    expect(compact(2, 1)).toBe('2');
  });

  it.each([
    [0, '0 /s'],
    [412.34, '412.3 /s'],
    [0.34, '0.34 /s'],
    [0.05, '3 /min'],
    [1 / 3_600, '1 /h'],
  ])('tell how often %d a second is as %s', (perSecond, text) => expect(rate(perSecond)).toBe(text));

  it('never round a ratio up to all', () => {
    expect(percent(0.99999)).toBe('99.9 %');
    expect(percent(1)).toBe('100 %');
    expect(percent(0.5)).toBe('50 %');
    expect(percent(null)).toBe('–');
  });

  it.each([
    [0.44, '0.4 ms'],
    [85, '85 ms'],
    [1_234, '1.23 s'],
    [12_340, '12.3 s'],
    [185_000, '3 min 5 s'],
    [3_720_000, '1 h 2 min'],
    [90_000_000, '1 d 1 h'],
  ])('write %d ms as %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_048_576, '1 MiB'],
    [1_610_612_736, '1.5 GiB'],
  ])('write %d bytes as %s', (size, text) => expect(bytes(size)).toBe(text));
});

describe('names', () => {
  it('tell how long ago something was', () => {
    const now = Date.parse('2026-11-23T12:00:00Z');
    expect(age('2026-11-23T11:59:55Z', now)).toBe('5 s');
    expect(age('2026-11-23T10:00:00Z', now)).toBe('2 h');
    expect(age('2026-11-23T12:00:09Z', now)).toBe('0 s');
  });

  it('take the random end of an id', () => {
    expect(shortId('0190d6a4-5c3b-7000-8000-0123456789ab')).toBe('456789ab');
  });
});
