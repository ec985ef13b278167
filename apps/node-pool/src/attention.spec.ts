import { Attention } from './attention.js';

describe('attention', () => {
  it('lasts while the clock is looked at again and again', () => {
    const attention = new Attention(1_000);
    for (let now = 2_000; now <= 60_000; now += 2_000) expect(attention.note(now)).toBe(1_000);
  });

  it('begins anew after a gap', () => {
    const attention = new Attention(1_000);
    attention.note(2_000);
    expect(attention.note(9_000)).toBe(9_000);
  });

  it('begins anew after an outage, however often the clock was looked at', () => {
    const attention = new Attention(1_000);
    attention.note(4_000);
    attention.interrupted(5_000);
    expect(attention.note(6_000)).toBe(5_000);
  });
});
