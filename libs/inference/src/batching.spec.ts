import type { BindingName, Engine, GeneratedToken, GenerateRequest } from './engine.js';
import { randomFrom } from './testing/random.js';
import { chat, openBuilt, request } from './testing/tiny-engine.js';

const BEGINNINGS = ['', 'apple river stone '.repeat(30), 'Count from 10 to 99. '.repeat(25)];
const QUESTIONS = ['Tell me a story about a fox.', 'Capital of Peru?', 'Spell the word ladder', '57 + 47 ='];

interface Case {
  what: GenerateRequest;
  /** Tokens after which the client goes away, if it does. */
  leavesAfter: number;
}

/** Requests of many lengths, seeds and options, some of them with the same beginning. */
function cases(count: number, below: (limit: number) => number): Case[] {
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;
  return Array.from({ length: count }, () => ({
    what: {
      ...request(chat(pick(BEGINNINGS).slice(0, below(700)) + pick(QUESTIONS)), {
        temperature: pick([0, 0.7, 1, 1.5]),
        topP: pick([1, 0.9]),
        topK: pick([0, 40]),
        repetitionPenalty: pick([1, 1.1]),
        seed: below(1_000_000),
        maxTokens: 1 + below(30),
      }),
      choice: below(3),
    },
    leavesAfter: below(7) === 0 ? 1 + below(8) : Infinity,
  }));
}

async function answer(
  engine: Engine,
  { what, leavesAfter }: Case,
  onToken: () => void,
): Promise<GeneratedToken[]> {
  const tokens: GeneratedToken[] = [];
  const leave = new AbortController();
  for await (const token of engine.generate(what, leave.signal)) {
    tokens.push(token);
    onToken();
    if (tokens.length >= leavesAfter) leave.abort();
  }
  return tokens;
}

const FEWEST = 3;
const MOST = 12;

/** Has them all answered; who comes next comes in the middle of the prompts and answers of others. */
async function mingle(
  engine: Engine,
  all: Case[],
  below: (limit: number) => number,
): Promise<GeneratedToken[][]> {
  const answers: GeneratedToken[][] = [];
  const running = new Set<Promise<void>>();
  let next = 0;
  const arrive = (): void => {
    const at = next++;
    if (at >= all.length) return;
    const run = answer(engine, all[at]!, () => {
      if (running.size < MOST && below(8) === 0) arrive();
    }).then((tokens) => {
      answers[at] = tokens;
      running.delete(run);
      if (running.size < FEWEST) arrive();
    });
    running.add(run);
  };
  for (let at = 0; at < FEWEST; at++) arrive();
  while (running.size > 0) await Promise.race(running);
  return answers;
}

describe.each<[BindingName, number]>([
  ['c-api', 200],
  ['onnxruntime-node', 60],
])('requests that join and leave at random, over %s', (binding, count) => {
  it(`give token for token what they give alone: ${count} of them`, async () => {
    const below = randomFrom(20261123);
    const all = cases(count, below);
    const engine = await openBuilt({ binding, slots: 6 });
    const together = await mingle(engine, all, below);
    await engine.close();
    expect(together).toHaveLength(count);
    const lonely = await openBuilt({ binding, slots: 1 });
    for (const [at, one] of all.entries()) {
      const alone = await answer(lonely, { ...one, leavesAfter: Infinity }, () => undefined);
      // Who leaves still gets what was made until then.
      const least = Math.min(alone.length, one.leavesAfter);
      expect(together[at]!.length).toBeGreaterThanOrEqual(least);
      expect(together[at]).toEqual(alone.slice(0, together[at]!.length));
    }
    await lonely.close();
  });
});
