import { inBytes, inTime, inWeights } from './quantity.js';

describe('numbers for people', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [4_068_205, '4.07 MB'],
    [999_700, '1 MB'],
    [137_000_000, '137 MB'],
    [1_243_000_000, '1.24 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(inBytes(bytes)).toBe(text));

  it.each([
    [2_607_552, '2.61M'],
    [134_515_008, '135M'],
    [1_235_814_400, '1.24B'],
  ])('%d weights are %s', (weights, text) => expect(inWeights(weights)).toBe(text));

  it.each([
    [0.2, '1 s'],
    [59.2, '1 min 0 s'],
    [100, '1 min 40 s'],
    [7500, '2 h 5 min'],
  ])('%d seconds are %s', (seconds, text) => expect(inTime(seconds)).toBe(text));
});
