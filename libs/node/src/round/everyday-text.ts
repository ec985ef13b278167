import type { Random } from '../questions.js';

const list = (words: string): readonly string[] => words.split(', ');

const THINGS = list(
  'a bicycle, the garden, an old house, bread, the library, a small shop, the train, coffee, a letter, the kitchen, music, a winter coat, the city, a neighbour, the school, a long walk, the river, a birthday party, the weather, a new job, my computer, an email, the report, a meeting, the budget, a recipe, a presentation, the contract, our website, a database, the customers, a spreadsheet, a novel, the museum, a language course, the dentist, a holiday, the car, a football match, the market',
);
const PEOPLE = list(
  'my sister, a friend, the manager, our team, my teacher, a colleague, the children, my parents, a customer, the doctor, a student, the engineer',
);
const DOING = list(
  'look for, talk about, think about, pay for, work on, plan, compare, repair, describe, explain, choose, improve, finish, prepare, organise, understand',
);
const WHEN = list(
  'today, last week, in the morning, next month, since Monday, after lunch, this year, every day, at the weekend, in the summer, before the meeting, for the first time',
);
const HOW = list('easy, difficult, cheap, useful, important, interesting, slow, necessary, quiet, simple');
const PLACES = list('Paris, Berlin, Tokyo, Oslo, Cairo, Lima, Rome, Madrid, Dublin, Vienna, Athens, Delhi');

const one = (from: readonly string[], random: Random): string => from[random(from.length)]!;
const number = (random: Random): string => String(random(90) + 10);

type Sentence = (random: Random) => string;

const stories: readonly Sentence[] = [
  (r) => `Write a long story about ${one(PEOPLE, r)} and ${one(THINGS, r)} in ${one(PLACES, r)}.`,
  (r) => `Explain in detail, step by step, how to ${one(DOING, r)} ${one(THINGS, r)}.`,
  (r) => `Write an essay of ${number(r)} sentences about ${one(THINGS, r)} and ${one(THINGS, r)}.`,
];
const questions: readonly Sentence[] = [
  ...stories,
  (r) => `Repeat after me: ${one(THINGS, r)}, ${one(THINGS, r)}, ${one(THINGS, r)}.`,
  (r) => `What is the best way to ${one(DOING, r)} ${one(THINGS, r)}?`,
  (r) => `Can you explain how to ${one(DOING, r)} ${one(THINGS, r)}?`,
  (r) => `Write a short text about ${one(THINGS, r)} and ${one(THINGS, r)}.`,
  (r) => `Please summarise why ${one(THINGS, r)} is ${one(HOW, r)}.`,
  (r) =>
    `Give me ${one(['three', 'five', 'ten'], r)} ideas for ${one(PEOPLE, r)} to ${one(DOING, r)} ${one(THINGS, r)}.`,
  (r) => `How do I tell ${one(PEOPLE, r)} that I want to ${one(DOING, r)} ${one(THINGS, r)} ${one(WHEN, r)}?`,
  (r) => `What is ${number(r)} times ${number(r)}?`,
  (r) => `Which is more ${one(HOW, r)}: ${one(THINGS, r)} or ${one(THINGS, r)}?`,
  (r) => `What should I see in ${one(PLACES, r)} ${one(WHEN, r)}?`,
  (r) => `Translate into French: ${one(PEOPLE, r)} will ${one(DOING, r)} ${one(THINGS, r)} ${one(WHEN, r)}.`,
];
const statements: readonly Sentence[] = [
  (r) => `${capital(one(PEOPLE, r))} had to ${one(DOING, r)} ${one(THINGS, r)} ${one(WHEN, r)}.`,
  (r) => `It was ${one(HOW, r)} to ${one(DOING, r)} ${one(THINGS, r)} in ${one(PLACES, r)}.`,
  (r) => `I think ${one(THINGS, r)} is ${one(HOW, r)}, but ${one(THINGS, r)} is not.`,
  (r) => `${capital(one(THINGS, r))} cost ${number(r)} euros ${one(WHEN, r)}.`,
  (r) => `We want to ${one(DOING, r)} ${one(THINGS, r)} with ${one(PEOPLE, r)} ${one(WHEN, r)}.`,
];
const instructions: readonly Sentence[] = [
  () => 'You are a helpful assistant.',
  (r) => `Answer in a ${one(['friendly', 'short', 'formal', 'clear'], r)} way.`,
  (r) => `You help ${one(PEOPLE, r)} to ${one(DOING, r)} ${one(THINGS, r)}.`,
  () => 'If you do not know the answer, say so.',
];

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What a message is for. */
export type Tone = 'question' | 'story' | 'statement' | 'instruction';
const openings = {
  question: questions,
  story: stories,
  statement: statements,
  instruction: instructions,
} as const satisfies Record<Tone, readonly Sentence[]>;

/**
 * Text as people write it, of exactly `characters` characters: a first sentence of the wanted tone, and as much to go with
 * it as there is room for. Cut where the room ends.
 */
export const everydayText = (tone: Tone, characters: number, random: Random): string => {
  let text = openings[tone][random(openings[tone].length)]!(random);
  while (text.length < characters) {
    const more = tone === 'instruction' ? instructions : statements;
    text += ` ${more[random(more.length)]!(random)}`;
  }
  const cut = text.slice(0, characters);
  return cut.endsWith(' ') ? `${cut.slice(0, -1)}.` : cut;
};

/** Words to be said again, of exactly `characters` characters with what asks for it. */
export const wordsToRepeat = (characters: number, random: Random): string => {
  let text = 'Repeat after me:';
  while (text.length < characters) text += ` ${one(THINGS, random)},`;
  const cut = text.slice(0, characters);
  return cut.endsWith(' ') ? `${cut.slice(0, -1)}.` : cut;
};
