import { auditDraw, epochSeedHash, isAudited } from './audit-draw.js';
import { checkDraw, checkSeed, leftOut, precommitsOf, type PublishedDraw } from './check-epoch.js';
import { receiptVector } from './vectors.fixture.js';

const seed = '5a'.repeat(32);
const epoch = { seed, seedHash: epochSeedHash(seed), baseRate: 100_000 };
const taskId = '0198f2a0-0000-7000-8000-000000000001';

const published = (attempt: number, change: Partial<PublishedDraw> = {}): PublishedDraw => {
  const of = { taskId, attempt, precommit: 'cd'.repeat(32) };
  return { ...of, score: 0, rate: 400_000, isAudited: isAudited(auditDraw(seed, of), 400_000), ...change };
};

describe('the check of an epoch', () => {
  it('takes the seed that was published, and no other', () => {
    expect(checkSeed(epoch)).toBeNull();
    expect(checkSeed({ ...epoch, seed: '5b'.repeat(32) })).toMatchObject({ kind: 'seed', taskId: null });
  });

  it('finds nothing wrong with draws as they are to be made', () => {
    const all = Array.from({ length: 200 }, (_, attempt) => published(attempt));
    expect(all.flatMap((draw) => checkDraw(epoch, draw))).toEqual([]);
    expect(all.some((draw) => draw.isAudited) && all.some((draw) => !draw.isAudited)).toBe(true);
  });

  it('finds the audit that is missing and the one that is too many', () => {
    for (let attempt = 0; attempt < 50; attempt++) {
      const { isAudited: due } = published(attempt);
      expect(checkDraw(epoch, published(attempt, { isAudited: !due }))).toMatchObject([
        { kind: due ? 'missing' : 'extra', taskId, attempt },
      ]);
    }
  });

  it('finds a rate that is not that of the score, and draws by the right one', () => {
    const [problem, ...others] = checkDraw(epoch, published(1, { rate: 1 }));
    expect(problem).toMatchObject({ kind: 'rate', message: /audited at 1 millionths.*0 has 400000/ });
    expect(others).toEqual([]);
  });

  it('finds the precommit of a receipt, whoever began the answer, and says that no draw was made of it', () => {
    const { receipt } = receiptVector('a second miner resumes after a signed frame and an unsigned token');
    const { attempt, proof } = receipt.choices[0]!.segments[1]!;
    const [bound, ...others] = precommitsOf(receipt);
    expect(others).toEqual([]);
    expect(bound).toMatchObject({
      taskId: receipt.taskId,
      attempt,
      precommit: 'precommit' in proof && proof.precommit,
    });
    expect(leftOut(bound!)).toMatchObject({ kind: 'left_out', taskId: receipt.taskId, attempt });
    expect(precommitsOf(receiptVector('a miner dies after its signed last frame').receipt)).toEqual([]);
  });
});
