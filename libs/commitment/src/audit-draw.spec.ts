import { auditDraw, auditRate, epochSeedHash, isAudited, RATE_UNITS } from './audit-draw.js';
import { readVectors } from './vectors.fixture.js';

interface Vectors {
  seeds: { seed: string; seedHash: string }[];
  draws: { seed: string; taskId: string; attempt: number; precommit: string; draw: string }[];
  thresholds: { rate: number; threshold: string }[];
  rates: { base: number; score: number; rate: number }[];
}
const { seeds, draws, thresholds, rates } = readVectors<Vectors>('audits');

describe('the draw of audits', () => {
  it.each(seeds)('hashes the seed $seed as published', ({ seed, seedHash }) => {
    expect(epochSeedHash(seed)).toBe(seedHash);
  });

  it.each(draws)('gives the number of the vector: attempt $attempt, seed $seed', ({ seed, draw, ...of }) => {
    expect(auditDraw(seed, of).toString()).toBe(draw);
  });

  it.each(thresholds)(
    'audits below the threshold of $rate millionths and not at it',
    ({ rate, threshold }) => {
      const edge = BigInt(threshold);
      expect(isAudited(edge, rate)).toBe(false);
      if (edge > 0n) expect(isAudited(edge - 1n, rate)).toBe(true);
    },
  );

  it('audits everything at the rate of one, and nothing at 0', () => {
    expect(isAudited(2n ** 64n - 1n, RATE_UNITS)).toBe(true);
    expect(isAudited(0n, 0)).toBe(false);
  });

  it.each(rates)('audits a score of $score at $rate, from a base of $base', ({ base, score, rate }) => {
    expect(auditRate(base, score)).toBe(rate);
  });

  it('falls with the score and never below the base', () => {
    for (let score = 0; score < 1_000; score++) {
      expect(auditRate(20_000, score)).toBeGreaterThan(auditRate(20_000, score + 1));
      expect(auditRate(1, score)).toBeGreaterThanOrEqual(1);
    }
  });

  it('audits the share that the rate says', () => {
    const { seed } = seeds[2]!;
    const { taskId, precommit } = draws[0]!;
    let audited = 0;
    for (let attempt = 0; attempt < 10_000; attempt++)
      if (isAudited(auditDraw(seed, { taskId, attempt, precommit }), 50_000)) audited++;
    // Three standard deviations about 500.
    expect(Math.abs(audited - 500)).toBeLessThan(66);
  });

  it('names the field that is malformed', () => {
    const good = { taskId: draws[0]!.taskId, attempt: 1, precommit: 'ab'.repeat(32) };
    const { seed } = seeds[0]!;
    expect(() => auditDraw('zz', good)).toThrow(/^seed must be/);
    expect(() => auditDraw(seed, { ...good, taskId: good.taskId.toUpperCase() })).toThrow(/^taskId must be/);
    expect(() => auditDraw(seed, { ...good, attempt: 65_536 })).toThrow(/^attempt must be/);
    expect(() => auditDraw(seed, { ...good, precommit: 'AB'.repeat(32) })).toThrow(/^precommit must be/);
    expect(() => auditRate(-1, 0)).toThrow(/^base must be/);
    expect(() => auditRate(1, 1_001)).toThrow(/^score must be/);
    expect(() => isAudited(0n, 0.5)).toThrow(/^rate must be/);
  });
});
