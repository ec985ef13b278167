import { createHash } from 'node:crypto';
import type { NodeModel, NodePrompt } from '@ganglion/node';

/** A model that costs nothing: its answer to a prompt is a function of the prompt, greedy or not. */
export interface FleetToken {
  readonly id: number;
  readonly text: string;
}

const VOCABULARY = 8_192;
const CHALLENGES = 48;
const CHALLENGE_TOKENS = 8;
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The right token at a place, from 0. Every id is above 0, and neighbours differ nearly always. */
export const tokenAt = (question: string, place: number): FleetToken => {
  const hashed = sha256(`${question}\0${place >> 4}`).readUInt16BE((place & 15) * 2);
  return wordOf(1 + (hashed % (VOCABULARY - 1)));
};

/** Another token than the right one. */
export const falseTokenAt = (question: string, place: number): FleetToken =>
  wordOf(1 + (tokenAt(question, place).id % (VOCABULARY - 1)));

const wordOf = (id: number): FleetToken => ({ id, text: ` w${id}` });

/** The whole right answer of so many tokens. */
export const rightAnswer = (question: string, tokens: number): string =>
  Array.from({ length: tokens }, (_, place) => tokenAt(question, place).text).join('');

/** What a prompt asks: its last message, or its text. */
export const questionOf = (prompt: NodePrompt): string =>
  'text' in prompt ? prompt.text : (prompt.messages.at(-1)?.content ?? '');

/** As a node declares it; the questions of its tests come with their answers. */
export const fleetModel: NodeModel = {
  id: 'fleet',
  contextLength: 4_096,
  vocabSize: VOCABULARY,
  eosTokenIds: [0],
  defaults: { temperature: 0, topP: 1, topK: 0, maxTokens: 16 },
  files: [{ path: 'config.json', bytes: 2, sha256: sha256('ganglion/fleet/v1').toString('hex') }],
  quantisation: 'none',
  challenges: Array.from({ length: CHALLENGES }, (_, n) => {
    const prompt = `Question ${n + 1} of the fleet`;
    return { prompt, answer: rightAnswer(prompt, CHALLENGE_TOKENS), maxTokens: CHALLENGE_TOKENS };
  }),
};
