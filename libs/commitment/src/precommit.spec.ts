import { finishCode, type FinishName } from './finish.js';
import { logprobsDigest } from './logprobs.js';
import { precommitDigest } from './precommit.js';
import { readVectors } from './vectors.fixture.js';

interface Vector {
  name: string;
  choices: { head: string; count: number; finish: FinishName }[];
  evidence: [number, number, number, number][];
  logprobs?: unknown[][];
  salt: string;
  precommit: string;
}
const vectors = readVectors<Vector[]>('precommits').map((vector) => ({
  ...vector,
  choices: vector.choices.map((choice) => ({ ...choice, finish: finishCode[choice.finish] as number })),
  evidence: vector.evidence.map(([top1Id, top1, top2Id, top2]) => ({ top1Id, top1, top2Id, top2 })),
}));
const one = vectors[0]!;

describe('precommitDigest', () => {
  it.each(vectors)('gives the digest of the vector: $name', (vector) => {
    const { choices, evidence, salt, precommit } = vector;
    const logprobs = logprobsDigest(choices.map((_, at) => ({ logprobs: vector.logprobs?.[at] })));
    expect(precommitDigest(choices, evidence, salt, logprobs)).toBe(precommit);
  });

  it('changes with head, count, finish, evidence, its order, log-probabilities and the salt', () => {
    const [choice] = one.choices;
    const digests = [
      one.precommit,
      precommitDigest([{ ...choice!, head: '00'.repeat(32) }], one.evidence, one.salt),
      precommitDigest([{ ...choice!, count: 4 }], one.evidence, one.salt),
      precommitDigest([{ ...choice!, finish: 1 }], one.evidence, one.salt),
      precommitDigest([choice!, choice!], one.evidence, one.salt),
      precommitDigest([choice!], one.evidence.slice(1), one.salt),
      precommitDigest([choice!], one.evidence.toReversed(), one.salt),
      precommitDigest([choice!], one.evidence, '00'.repeat(32)),
      precommitDigest([choice!], one.evidence, one.salt, '00'.repeat(32)),
      precommitDigest([choice!], one.evidence, one.salt, '01'.repeat(32)),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('refuses what does not fit its field, by name', () => {
    const [choice] = one.choices;
    expect(() => precommitDigest([], [], one.salt)).toThrow(/^number of choices must be/);
    expect(() => precommitDigest([choice!], [], one.salt, 'ff')).toThrow(
      /^digest of the log-prob.* must be 64/,
    );
    expect(() => precommitDigest([choice!], [], 'ff')).toThrow(/^salt must be 64/);
    expect(() => precommitDigest([{ ...choice!, head: '' }], [], one.salt)).toThrow(/^head of choice 0/);
    expect(() => precommitDigest([{ ...choice!, count: -1 }], [], one.salt)).toThrow(/^count of choice 0/);
    expect(() => precommitDigest([{ ...choice!, finish: 255 }], [], one.salt)).toThrow(/^finish must be/);
  });
});
