import type { TaskSubmitted } from '@ganglion/contracts';
import { seeded } from '@ganglion/testkit/seeded';
import { areaUnderCurve, type Example, train } from './classifier.fixture.js';
import { everyday, jobOf, naiveTask, shapeOf, testTask, userTask } from './payloads.fixture.js';

const COUNT = 1_000;
type Making = (random: () => number) => TaskSubmitted;

/** Trains on one half of users' tasks and tests, and asks about the other. */
const tellApart = (makeUser: Making, makeTest: Making, skip?: RegExp): number => {
  const random = seeded(7);
  const examples = Array.from({ length: 2 * COUNT }, (_, n): Example => {
    const isTest = n % 2 === 0;
    return { isTest, payload: jobOf((isTest ? makeTest : makeUser)(random)) };
  });
  const score = train(examples.slice(0, COUNT), random, skip);
  return areaUnderCurve(
    examples.slice(COUNT).map(({ payload, isTest }) => ({ score: score(payload), isTest })),
  );
};
/** What the queue knows of users when the tests are made. */
const recent = (() => {
  const random = seeded(1);
  return Array.from({ length: 500 }, () => shapeOf(userTask(random)));
})();

describe('what a miner sees of a test', () => {
  it('does not tell it from a task of a user', () => {
    const area = tellApart(userTask, (random) => testTask(recent, random));
    expect(area).toBeLessThan(0.6);
    expect(area).toBeGreaterThan(0.4);
  });

  it('does not tell it by anything but its words either, where users speak another language', () => {
    const letters: typeof everyday = (role, characters, random) =>
      everyday(role, characters, random).replace(/[a-z]/g, (letter) =>
        String.fromCharCode(0x3b1 + letter.charCodeAt(0) - 97),
      );
    const greek: Making = (random) => userTask(random, letters);
    const makeTest: Making = (random) => testTask(recent, random);
    expect(tellApart(greek, makeTest, /content$/)).toBeLessThan(0.6);
    expect(tellApart(greek, makeTest)).toBeGreaterThan(0.9);
  });

  it('tells it at once when it is made without a thought', () => {
    expect(tellApart(userTask, naiveTask)).toBeGreaterThan(0.9);
  });
});
