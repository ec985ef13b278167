const WORDS =
  'apple bridge candle desert engine forest garden hammer island jacket kettle ladder market needle orange pencil quartz river silver table umbrella valley window yellow zebra'.split(
    ' ',
  );
const COUNTRIES = 'France Japan Italy Egypt Canada Norway Peru Kenya India Poland Spain Greece'.split(' ');
const TOPICS = 'the moon, rain, a bicycle, bread, the sea, music, a clock, snow, a library, honey'.split(
  ', ',
);

/** A whole number below `below`. */
export type Random = (below: number) => number;

const one = (from: readonly string[], random: Random): string => from[random(from.length)]!;
const words = (count: number, random: Random): string =>
  Array.from({ length: count }, () => one(WORDS, random)).join(' ');

/** Each kind as often as any other. */
const kinds: readonly ((random: Random) => string)[] = [
  (random) => `Repeat after me: ${words(4, random)}`,
  (random) => `What is ${random(90) + 10} plus ${random(90) + 10}?`,
  (random) => `Count on from ${random(900) + 1}, ten numbers.`,
  (random) => `What is the capital of ${one(COUNTRIES, random)}? Then name the word "${one(WORDS, random)}".`,
  (random) => `Spell the word "${one(WORDS, random)}", then the word "${one(WORDS, random)}".`,
  (random) => `Write one sentence about ${one(TOPICS, random)} and ${one(TOPICS, random)}.`,
];

/**
 * Questions that any model has some answer to, drawn anew each time: whether an answer is right does not matter, only
 * that the same model gives the same one.
 */
export const drawQuestions = (count: number, random: Random): string[] => {
  const drawn = new Set<string>();
  // There are far more questions than are ever asked for, so that this ends.
  while (drawn.size < count) drawn.add(kinds[drawn.size % kinds.length]!(random));
  return [...drawn];
};
