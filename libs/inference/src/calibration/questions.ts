import type { Prompt, Sampling } from '../engine.js';

const QUESTIONS = [
  'Tell me a story about a fox.',
  'What is the capital of Japan?',
  'Count from 10 to 40.',
  'Explain how a rainbow forms, for a child.',
  'What is 57 plus 47?',
  'Write four lines about the sea in winter.',
  'Name three rivers of Europe and where they end.',
  'How do I boil an egg?',
  'Spell the word ladder.',
  'What does a compiler do?',
  'Write a function that reverses a list, in Python.',
  'Which is the largest: 12, 88, 40?',
  'Give reasons for and against working at night.',
  'Translate "good morning" into French, German and Italian.',
  'Tell a story about a lamp that would not go out.',
  'Summarise why bridges have gaps between their parts.',
];

/** How many other questions come before the k-th, so that contexts are short and long. */
const BEFORE = [0, 3, 0, 11, 0, 24];

/** The k-th prompt of a calibration: a message, or a text for models that do not chat. */
export function questionAt(k: number, isChat: boolean): Prompt {
  const before = BEFORE[k % BEFORE.length]!;
  const texts = Array.from({ length: before + 1 }, (_, at) => QUESTIONS[(k + at) % QUESTIONS.length]!);
  const content = texts.join(' ');
  return isChat ? { messages: [{ role: 'user', content }] } : { text: content };
}

const PLAIN = {
  topP: 1,
  topK: 0,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: 1,
  stop: [],
};

const WAYS: Partial<Sampling>[] = [
  { temperature: 0 },
  { temperature: 1 },
  { temperature: 0.8, topP: 0.95 },
  { temperature: 0.7, topK: 50, minP: 0.02, repetitionPenalty: 1.1, frequencyPenalty: 0.2 },
  { temperature: 1.3 },
];

/** How the k-th answer is sampled; each way comes with each length of prompts. */
export function samplingAt(k: number, maxTokens: number): Sampling {
  return { ...PLAIN, temperature: 0, ...WAYS[k % WAYS.length], seed: k, maxTokens };
}
