import type { RequestShape, TaskShape } from '@ganglion/contracts';

/** A whole number below `below`. */
export type Random = (below: number) => number;

const one = <T>(from: readonly T[], random: Random): T => from[random(from.length)]!;
const between = (least: number, most: number, random: Random): number => least + random(most - least + 1);
type Message = RequestShape['messages'][number];

const conversations: readonly ((random: Random) => Message[])[] = [
  (random) => [{ role: 'user', characters: between(15, 120, random) }],
  (random) => [{ role: 'user', characters: between(40, 300, random) }],
  (random) => [
    { role: 'system', characters: between(28, 90, random) },
    { role: 'user', characters: between(15, 200, random) },
  ],
  (random) => [
    { role: 'user', characters: between(15, 80, random) },
    { role: 'assistant', characters: between(20, 160, random) },
    { role: 'user', characters: between(10, 80, random) },
  ],
];

/** What tasks look like as long as no user has sent any: the questions that people begin with, in the router's defaults. */
export const builtInShape = (random: Random): TaskShape => ({
  request: {
    messages: one(conversations, random)(random),
    choices: 1,
    stops: [],
    sampling: {
      temperature: one([0, 0.2, 0.7, 0.7, 1, 1], random),
      topP: one([1, 1, 0.9, 0.95], random),
      topK: 0,
      minP: 0,
      presencePenalty: 0,
      frequencyPenalty: 0,
      repetitionPenalty: 1,
      maxTokens: one([16, 24, 32, 48, 64], random),
    },
  },
  lifetimeMs: 600_000,
  redundancy: 1,
});
