import { randomFrom } from '../testing/random.js';
import { evidenceOf, quantiseLogit } from './evidence.js';

describe('evidence', () => {
  it('rounds half to even', () => {
    const halves = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5].map((n) => quantiseLogit(n / 256));
    expect(halves).toEqual([0, 2, 2, 0, -2, -2]);
    expect([0.4, 0.6, -0.4, -0.6].map((n) => quantiseLogit(n / 256))).toEqual([0, 1, 0, -1]);
  });

  it('stays within int32', () => {
    expect(quantiseLogit(1e30)).toBe(2 ** 31 - 1);
    expect(quantiseLogit(-Infinity)).toBe(-(2 ** 31));
  });

  it('names the two largest, of equal ones the lower id first', () => {
    expect(evidenceOf([1, 2, 2, 0])).toEqual({ top1Id: 1, top1: 512, top2Id: 2, top2: 512 });
    expect(evidenceOf([3, 3, 3])).toMatchObject({ top1Id: 0, top2Id: 1 });
    expect(evidenceOf([0, 1, 2])).toMatchObject({ top1Id: 2, top2Id: 1 });
  });

  it('finds what a full sort finds', () => {
    const random = randomFrom(4);
    for (let trial = 0; trial < 300; trial++) {
      const logits = Array.from({ length: 2 + random(40) }, () => random(20) - 10);
      const [first, second] = logits.map((_, id) => id).sort((a, b) => logits[b]! - logits[a]! || a - b);
      expect(evidenceOf(logits)).toMatchObject({ top1Id: first, top2Id: second });
    }
  });
});
