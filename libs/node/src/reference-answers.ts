import { randomInt } from 'node:crypto';
import type { Challenge } from '@ganglion/contracts';
import type { GeneratedToken, NodeEngine } from './engine.js';
import { drawQuestions, type Random } from './questions.js';

/** Questions asked: about half of the answers serve. */
const ASKED = 16;
const LONGEST = 12;
/** A shorter beginning of an answer says too little. */
const SHORTEST = 3;
/** Challenges that are enough to be content with. */
const ENOUGH = 4;
/**
 * Logits, times 256, by which each token of an answer has to lead the next best. Other processors round otherwise, by
 * up to a few tenths with quantised weights (docs/audits-scoring.md), and an honest node must not fail for that; when no
 * answers are that sure, less sure ones have to do.
 */
const LEADS = [256, 128, 0];

export interface ReferenceOptions {
  signal?: AbortSignal;
  random?: Random;
}

/**
 * Known questions for a model that brings none: answers of this engine, greedy, each up to its first token that was a
 * near thing. Whoever may register a model vouches for them.
 * @returns none when the model says nothing to any question
 * @throws whatever the engine does when it cannot answer messages at all
 */
export const makeChallenges = async (
  engine: NodeEngine,
  { signal = new AbortController().signal, random = randomInt }: ReferenceOptions = {},
): Promise<Challenge[]> => {
  const questions = drawQuestions(ASKED, random);
  const answers = await Promise.all(
    questions.map(async (prompt) => ({
      prompt,
      tokens: await ask(engine, prompt, { most: LONGEST, signal }),
    })),
  );
  let challenges: Challenge[] = [];
  for (const lead of LEADS) {
    challenges = distinct(
      await Promise.all(
        answers.map(async ({ prompt, tokens }) => {
          const most = sureLength(tokens, lead);
          if (most < Math.min(SHORTEST, tokens.length)) return null;
          // A cut one is asked for again: text that waits for later tokens is released at the end.
          const kept = most === tokens.length ? tokens : await ask(engine, prompt, { most, signal });
          return { prompt, answer: textOf(kept), maxTokens: most };
        }),
      ),
    );
    if (challenges.length >= ENOUGH) break;
  }
  return challenges;
};

/** Tokens before the first that did not lead the next best by so much. */
const sureLength = (tokens: readonly GeneratedToken[], lead: number): number => {
  const doubtful = tokens.findIndex(({ evidence }) => evidence.top1 - evidence.top2 < lead);
  return doubtful < 0 ? tokens.length : doubtful;
};

/** An answer that several questions have in common would tell those who know it nothing of the others. */
const distinct = (made: readonly (Challenge | null)[]): Challenge[] => {
  const byAnswer = new Map<string, Challenge>();
  for (const challenge of made)
    if (challenge && challenge.answer.trim() !== '') byAnswer.set(challenge.answer.trim(), challenge);
  return [...byAnswer.values()];
};

const textOf = (tokens: readonly GeneratedToken[]): string => tokens.map(({ text }) => text).join('');

/** Asked as a test asks: greedy, nothing else changed. */
const ask = async (
  engine: NodeEngine,
  prompt: string,
  { most, signal }: { most: number; signal: AbortSignal },
): Promise<GeneratedToken[]> => {
  const off = { minP: 0, presencePenalty: 0, frequencyPenalty: 0, repetitionPenalty: 1, seed: 0, stop: [] };
  const sampling = { ...off, temperature: 0, topP: 1, topK: 0, maxTokens: most };
  const messages = [{ role: 'user', content: prompt }];
  const tokens: GeneratedToken[] = [];
  for await (const token of engine.generate({ prompt: { messages }, sampling, choice: 0 }, signal))
    tokens.push(token);
  signal.throwIfAborted();
  return tokens;
};
