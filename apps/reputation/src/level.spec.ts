import { type Phase, phases } from '@ganglion/contracts';
import { seeded } from '@ganglion/testkit/seeded';
import { HIGHEST_LEVEL, judge, type LevelMove, neededFrom, newcomer, type Standing } from './level.js';
import type { Trial } from './stat.js';

const ok: Trial[] = [{ phase: 'commit', succeeded: true }];
const failed = (...names: Phase[]): Trial[] => names.map((phase) => ({ phase, succeeded: false }));

const after = (
  standing: Standing,
  events: readonly Trial[][],
): { standing: Standing; moves: LevelMove[] } => {
  const moves: LevelMove[] = [];
  for (const trials of events) {
    const judged = judge(standing, trials, 'why');
    standing = judged.standing;
    if (judged.move) moves.push(judged.move);
  }
  return { standing, moves };
};
const times = (n: number): Trial[][] => Array.from({ length: n }, () => ok);
const at = (level: number): Standing => ({ level, streak: 3, changes: 5 });

describe('a level', () => {
  it('is reached by twice as many successes in a row as the one before', () => {
    const { standing, moves } = after(newcomer, times(1_023));
    expect(standing).toEqual({ level: HIGHEST_LEVEL, streak: 0, changes: 10 });
    expect(moves.map(({ from, to }) => [from, to])).toEqual(Array.from({ length: 10 }, (_, n) => [n, n + 1]));
    expect(moves[9]?.reason).toEqual({ code: 'consecutive_successes', message: '512 successes in a row' });
    expect(after(newcomer, times(1_022)).standing.level).toBe(9);
    expect(after(standing, times(5_000)).moves).toEqual([]);
  });

  it.each([
    ['correctness', 4],
    ['commit', 6],
    ['precommit', 8],
    ['end', 9],
    ['start', 9],
    ['ping', 10],
  ] as const)('of 10 falls by a failure of %s to %d', (phase, to) => {
    expect(judge(at(10), failed(phase), null).standing.level).toBe(to);
  });

  it('falls by the worst of what failed, and says why', () => {
    const { standing, move } = judge(at(9), failed('end', 'correctness', 'commit'), 'wrong_answer');
    expect(standing).toEqual({ level: 3, streak: 0, changes: 6 });
    expect(move).toEqual({
      from: 9,
      to: 3,
      reason: {
        code: 'failed_correctness',
        message: 'correctness failed (wrong_answer): 6 of 9 levels lost',
      },
    });
  });

  it('loses a success of its streak, and nothing else, by a missed ping', () => {
    expect(judge(at(4), failed('ping'), null)).toEqual({ standing: { ...at(4), streak: 2 }, move: null });
    expect(judge(newcomer, failed('ping'), null).standing).toEqual(newcomer);
  });

  it('is not reached by answering pings or by coming up for a test alone', () => {
    const idle: Trial[][] = [[{ phase: 'ping', succeeded: true }], [{ phase: 'start', succeeded: true }], []];
    expect(
      after(
        newcomer,
        Array.from({ length: 300 }, (_, n) => idle[n % 3]!),
      ).standing,
    ).toEqual(newcomer);
  });

  it('is never below 0, and a failure there begins the streak anew', () => {
    expect(judge({ ...newcomer, streak: 0 }, failed('correctness'), null)).toEqual({
      standing: newcomer,
      move: null,
    });
  });

  it('never costs less than the work that it stands for, however successes and failures follow', () => {
    const random = seeded(11);
    const tooCheap: number[] = [];
    for (let run = 0; run < 50; run++) {
      const failure = random() * 0.05;
      let standing = newcomer;
      let successes = 0;
      for (let n = 0; n < 2_000; n++) {
        const isFailure = random() < failure;
        const phase = phases[Math.floor(random() * phases.length)]!;
        ({ standing } = judge(standing, isFailure ? failed(phase) : ok, null));
        successes += isFailure ? 0 : 1;
        if (2 ** standing.level - 1 > successes) tooCheap.push(run);
      }
    }
    expect(tooCheap).toEqual([]);
    expect(neededFrom(3)).toBe(8);
  });
});
