import type { GenerateRequest } from '../engine.js';
import { chat, request } from './tiny-engine.js';

/** One thing that a client does with an engine. */
export type Deed =
  | { kind: 'generate'; what: GenerateRequest; leavesAfter: number }
  | { kind: 'score'; what: GenerateRequest; claimed: number[]; leavesAfterMs: number }
  | { kind: 'count'; what: GenerateRequest }
  | { kind: 'refused'; what: GenerateRequest };

const BEGINNINGS = ['', 'apple river stone '.repeat(40), 'Count from 10 to 99. '.repeat(30)];
const QUESTIONS = [
  'Tell me a story about a fox.',
  'Capital of Peru?',
  'Spell the word ladder',
  '57 + 47 =',
  'Count from 10 to 99.',
  'Tell me a story about a lamp.',
];
const STOPS: string[][] = [[], [], [' was'], ['.', 'never this'], ['1']];

/** A request of random length and options: many end well, some are cancelled early or late, a few are wrong. */
export function randomDeed(below: (limit: number) => number): Deed {
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;
  const prompt = chat(pick(BEGINNINGS).slice(0, below(800)) + pick(QUESTIONS));
  const what: GenerateRequest = {
    ...request(prompt, {
      temperature: pick([0, 0.7, 1, 1.5]),
      topP: pick([1, 0.9]),
      topK: pick([0, 40]),
      minP: pick([0, 0, 0.05]),
      presencePenalty: pick([0, 0, 0.5]),
      repetitionPenalty: pick([1, 1, 1.2]),
      seed: below(2 ** 31),
      maxTokens: 1 + below(40),
      stop: pick(STOPS),
    }),
    choice: below(4),
  };
  const kind = below(20);
  if (kind === 0) return { kind: 'refused', what: { ...what, sampling: { ...what.sampling, topP: 2 } } };
  if (kind === 1) return { kind: 'count', what };
  if (kind < 5) {
    const claimed = Array.from({ length: 1 + below(200) }, () => 3 + below(1270));
    return { kind: 'score', what, claimed, leavesAfterMs: below(4) === 0 ? below(40) : Infinity };
  }
  return { kind: 'generate', what, leavesAfter: below(5) === 0 ? below(12) : Infinity };
}

/** A request that fills the context of the bundled model; each with another beginning, so that none shares a row's. */
export function fullDeed(at: number): Deed {
  const what = request(
    { text: `${at} ${'apple river '.repeat(440)}` },
    { temperature: 2, seed: at, maxTokens: 1024 },
  );
  return { kind: 'generate', what, leavesAfter: Infinity };
}

/** A request that goes on for long enough to be killed in the middle of. */
export function longDeed(below: (limit: number) => number): Deed {
  const what = request(chat(`${'apple river '.repeat(below(150))}Count from 10 to 99.`), {
    temperature: 1 + below(3),
    seed: below(2 ** 31),
    maxTokens: 600,
  });
  if (below(4) > 0) return { kind: 'generate', what, leavesAfter: Infinity };
  const claimed = Array.from({ length: 400 }, () => 3 + below(1270));
  return { kind: 'score', what, claimed, leavesAfterMs: Infinity };
}
