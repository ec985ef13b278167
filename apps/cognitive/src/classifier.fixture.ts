export interface Example {
  payload: unknown;
  isTest: boolean;
}
type Features = Map<number, number>;

const SIZE = 2 ** 18;
const ROUNDS = 4;

/** FNV-1a. */
const hashed = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % SIZE;
};

/** What each value of a payload tells: that it is there, how large it is, which one it is, and the words of texts. */
const featuresOf = (payload: unknown, skip?: RegExp): Features => {
  const features: Features = new Map();
  const add = (name: string, value: number): void => {
    const key = hashed(name);
    features.set(key, (features.get(key) ?? 0) + value);
  };
  const number = (path: string, value: number): void => {
    add(`${path} is`, Math.sign(value) * Math.log1p(Math.abs(value)) * 0.2);
    add(`${path} = ${value}`, 1);
    add(`${path} about ${Math.round(Math.log2(1 + Math.abs(value)) * 2)}`, 1);
    add(`${path} is whole: ${Number.isInteger(value)}`, 1);
  };
  const walk = (path: string, value: unknown): void => {
    if (skip?.test(path)) return;
    add(`${path}: ${typeof value}`, 1);
    if (typeof value === 'number') number(path, value);
    else if (typeof value === 'string') {
      number(`${path} length`, value.length);
      if (value.length < 24) add(`${path} = ${value}`, 1);
      for (const word of new Set(value.toLowerCase().split(/[^\p{L}\d]+/u))) add(`${path} says ${word}`, 0.3);
    } else if (Array.isArray(value)) {
      number(`${path} items`, value.length);
      for (const one of value) walk(`${path}[]`, one);
    } else if (value && typeof value === 'object')
      for (const [key, one] of Object.entries(value)) walk(`${path}.${key}`, one);
  };
  walk('', payload);
  for (const [name, value] of Object.entries(timesOf(payload))) number(name, value);
  return features;
};

/** What a miner reads from ids and times: how they lie to one another. */
const timesOf = (payload: unknown): Record<string, number> => {
  const { taskId, submittedAt, expiresAt } = payload as Record<string, string>;
  const made = parseInt(taskId!.replace('-', '').slice(0, 12), 16);
  const [submitted, expires] = [Date.parse(submittedAt!), Date.parse(expiresAt!)];
  return { 'on the way': submitted - made, life: expires - submitted, 'part of a second': submitted % 1_000 };
};

/**
 * Logistic regression on hashed features, by stochastic gradient descent with a rate per feature (J. Duchi and others,
 * "Adaptive Subgradient Methods", JMLR 2011).
 * @param skip paths of a payload that it does not look at
 * @returns what it makes of a payload: the greater, the more it looks like a test
 */
export const train = (
  examples: readonly Example[],
  random: () => number,
  skip?: RegExp,
): ((payload: unknown) => number) => {
  const weights = new Float64Array(SIZE);
  const seen = new Float64Array(SIZE).fill(1e-6);
  const rows = examples.map(({ payload, isTest }) => ({ features: featuresOf(payload, skip), isTest }));
  const score = (features: Features): number => {
    let sum = 0;
    for (const [key, value] of features) sum += weights[key]! * value;
    return sum;
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (let at = rows.length - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      [rows[at], rows[other]] = [rows[other]!, rows[at]!];
    }
    for (const { features, isTest } of rows) {
      const error = 1 / (1 + Math.exp(-score(features))) - (isTest ? 1 : 0);
      for (const [key, value] of features) {
        const slope = error * value + 1e-4 * weights[key]!;
        seen[key]! += slope * slope;
        weights[key]! -= (0.1 * slope) / Math.sqrt(seen[key]!);
      }
    }
  }
  return (payload) => score(featuresOf(payload, skip));
};

/** How often a test gets a greater score than a task of a user: 1 = always told apart, 0.5 = guessed. */
export const areaUnderCurve = (scored: readonly { score: number; isTest: boolean }[]): number => {
  const tests = scored.filter(({ isTest }) => isTest);
  const users = scored.filter(({ isTest }) => !isTest);
  let wins = 0;
  for (const test of tests)
    for (const user of users) wins += test.score > user.score ? 1 : test.score === user.score ? 0.5 : 0;
  return wins / (tests.length * users.length);
};
