import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Sampling } from '@ganglion/contracts';
import { type Engine, openEngine } from '@ganglion/inference';
import { Examiner } from './examiner.fixture.js';

const model = fileURLToPath(new URL('../../../models/tiny', import.meta.url));
const { tolerances } = JSON.parse(
  readFileSync(new URL('../../../libs/inference/calibrations/tiny-int8.json', import.meta.url), 'utf8'),
) as { tolerances: { evidence: number; gap: number } };

const ways: [string, Partial<Sampling>][] = [
  ['greedy', {}],
  ['sampled', { temperature: 1 }],
  ['of a nucleus', { temperature: 0.8, topP: 0.9 }],
  ['of the likeliest', { temperature: 1.2, topK: 20, minP: 0.02 }],
  ['with penalties', { temperature: 0.7, topK: 50, repetitionPenalty: 1.2, frequencyPenalty: 0.3 }],
];

describe('the audit of answers of the bundled model', () => {
  let engine: Engine;
  let examiner: Examiner;
  beforeAll(async () => {
    engine = await openEngine({ model, threads: 1, slots: 4 });
    examiner = new Examiner(engine, tolerances);
  });
  afterAll(() => engine.close());

  it.each(ways)('finds nothing wrong with honest ones: %s', async (_, sampling) => {
    for (let seed = 1; seed <= 4; seed++) expect(await examiner.audit(sampling, { seed })).toEqual([]);
  });

  it.each(ways)('finds one token that was replaced: %s', async (_, sampling) => {
    let found = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const at = 3 * seed;
      const reasons = await examiner.audit(sampling, {
        seed,
        change: (answer) => {
          answer.tokens[at] = (answer.tokens[at]! + 101) % engine.model.vocabSize;
        },
      });
      if (reasons.includes('wrong_token')) found++;
    }
    // A replacement may by chance be as good as what it replaces.
    expect(found).toBeGreaterThanOrEqual(5);
  });

  it('finds an answer that another seed, or another question, gave', async () => {
    const [, warm] = ways[1]!;
    let found = 0;
    for (let seed = 1; seed <= 6; seed++)
      if ((await examiner.audit(warm, { seed, computedWith: { seed: seed + 1_000 } })).length > 0) found++;
    expect(found).toBeGreaterThanOrEqual(5);
    const cached = { prompt: { messages: [{ role: 'user', content: 'Count from 10 to 99.' }] } };
    const reasons = await examiner.audit({}, { seed: 1, computedWith: cached });
    expect(reasons).toEqual(expect.arrayContaining(['wrong_token', 'wrong_evidence']));
  });

  it('finds evidence that was made up, or copied from elsewhere', async () => {
    const zeros = await examiner.audit(
      {},
      {
        seed: 1,
        change: (answer) => {
          answer.evidence = answer.evidence.map(([a, , b]) => [a, 0, b, 0]);
        },
      },
    );
    expect(zeros).toEqual(['wrong_evidence']);
    const shifted = await examiner.audit(
      {},
      {
        seed: 1,
        change: (answer) => {
          answer.evidence.unshift(answer.evidence.pop()!);
        },
      },
    );
    expect(shifted).toEqual(['wrong_evidence']);
  });

  it('finds a prompt that was counted too long', async () => {
    expect(await examiner.audit({}, { seed: 1, promptTokens: 4_000 })).toEqual(['wrong_count']);
  });

  it('finds an answer that was cut, whether it claims a stop or forges the end of text', async () => {
    const cut = (forged: boolean) =>
      examiner.audit(
        {},
        {
          seed: 1,
          change: (answer) => {
            answer.tokens = answer.tokens.slice(0, 12);
            answer.evidence = answer.evidence.slice(0, 12);
            answer.finish = 'stop';
            if (forged) answer.tokens[11] = engine.model.eosTokenIds[0]!;
          },
        },
      );
    expect(await cut(false)).toEqual(['wrong_end']);
    expect(await cut(true)).toEqual(['wrong_token']);
  });
});
