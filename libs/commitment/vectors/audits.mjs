/** Vectors of the draw of audits: seeds, draws and their thresholds, with node:crypto alone. */
import { createHmac } from 'node:crypto';
import { hash, hex, tag, u16 } from './formula.mjs';
import { TASK } from './subjects.mjs';

const SEEDS = ['00'.repeat(32), 'ff'.repeat(32), '000102030405060708090a0b0c0d0e0f'.repeat(2)];

const draw = (seed, { taskId, attempt, precommit }) =>
  createHmac('sha256', hex(seed))
    .update(
      Buffer.concat([
        tag('ganglion/audit-draw/v1'),
        hex(taskId.replaceAll('-', '')),
        u16(attempt),
        hex(precommit),
      ]),
    )
    .digest()
    .readBigUInt64BE(0);

const threshold = (rate) => (BigInt(rate) * 2n ** 64n) / 1_000_000n;

export function audits() {
  const precommits = [
    { taskId: TASK, attempt: 1, precommit: hash(tag('a precommit of the vectors')).toString('hex') },
    { taskId: TASK, attempt: 2, precommit: hash(tag('a precommit of the vectors')).toString('hex') },
    { taskId: 'ffffffff-ffff-ffff-ffff-ffffffffffff', attempt: 65535, precommit: 'ff'.repeat(32) },
  ];
  return {
    seeds: SEEDS.map((seed) => ({
      seed,
      seedHash: hash(tag('ganglion/audit-seed/v1'), hex(seed)).toString('hex'),
    })),
    draws: SEEDS.flatMap((seed) =>
      precommits.map((of) => ({ seed, ...of, draw: draw(seed, of).toString() })),
    ),
    thresholds: [0, 1, 20_000, 80_000, 999_999, 1_000_000].map((rate) => ({
      rate,
      threshold: threshold(rate).toString(),
    })),
    rates: [
      { base: 20_000, score: 0, rate: 80_000 },
      { base: 20_000, score: 1_000, rate: 20_000 },
      { base: 20_000, score: 750, rate: 35_000 },
      { base: 333, score: 333, rate: 999 },
      { base: 1, score: 999, rate: 1 },
      { base: 400_000, score: 100, rate: 1_000_000 },
      { base: 0, score: 0, rate: 0 },
    ],
  };
}
