import { createHash } from 'node:crypto';
import { evidenceBytes, roundLogit, type Evidence } from './evidence.js';
import { readVectors } from './vectors.fixture.js';

interface Vectors {
  rounding: { logit: number; rounded: number }[];
  entries: [number, number, number, number][];
  bytes: string;
  sha256: string;
}
const vectors = readVectors<Vectors>('evidence');
const entries = vectors.entries.map(([top1Id, top1, top2Id, top2]): Evidence => ({
  top1Id,
  top1,
  top2Id,
  top2,
}));

describe('roundLogit', () => {
  it.each(vectors.rounding)('rounds $logit to $rounded', ({ logit, rounded }) => {
    // Added to 0: the sign of a zero means nothing in an integer.
    expect(roundLogit(logit) + 0).toBe(rounded);
  });

  it('clamps infinities and refuses NaN', () => {
    expect(roundLogit(Infinity)).toBe(2_147_483_647);
    expect(roundLogit(-Infinity)).toBe(-2_147_483_648);
    expect(() => roundLogit(NaN)).toThrow(/a logit is NaN/);
  });
});

describe('evidenceBytes', () => {
  it('writes the bytes of the vector', () => {
    const bytes = evidenceBytes(entries);
    expect(Buffer.from(bytes).toString('hex')).toBe(vectors.bytes);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(vectors.sha256);
    expect(evidenceBytes([])).toHaveLength(0);
  });

  it.each<[keyof Evidence, number]>([
    ['top1Id', -1],
    ['top1Id', 2 ** 32],
    ['top1', 2 ** 31],
    ['top2Id', 1.5],
    ['top2', -(2 ** 31) - 1],
  ])('refuses %s = %d by name instead of wrapping it', (field, value) => {
    const bad = { ...entries[0]!, [field]: value };
    expect(() => evidenceBytes([entries[0]!, bad])).toThrow(new RegExp(`^${field} of evidence 1 must be`));
  });
});
