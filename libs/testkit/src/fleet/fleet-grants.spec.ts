import { checkGrants } from './fleet-grants.js';
import type { FleetHistory } from './fleet-history.js';

/** A node's states from 0, each 10 ms after the one before. */
const movesOf = (...states: string[]): FleetHistory['moves'] =>
  states.map((to, at) => ({
    nodeId: 'N',
    from: states[at - 1] ?? null,
    to,
    reason: null,
    sessionId: to === 'RESERVED' ? 'S' : null,
    at: 10 * at,
  }));

const history = (states: string[], passedAt: number[], offeredAt: number): FleetHistory => ({
  moves: movesOf(...states),
  participations: [],
  verdicts: passedAt.map((at) => ({ nodeId: 'N', roundId: 'R', passed: true, code: 'passed', at })),
  attempts: [{ taskId: 'T', nodeId: 'N', sessionId: 'S', state: 'ACCEPTED', offeredAt }],
  tasks: [],
  rounds: [],
});

const problems = (...given: Parameters<typeof history>): string[] =>
  checkGrants(history(...given), 1_000).untested.map(({ problem }) => problem);

const TESTED = ['REGISTERED', 'TESTING', 'EPHEMERAL', 'RESERVED'];

describe('the check of grants', () => {
  it('finds nothing wrong with a grant to a node that was tested and reserved', () => {
    expect(problems(TESTED, [15], 35)).toEqual([]);
  });

  it('finds a node that was free without a passed test, or with one from an earlier stay only', () => {
    expect(problems(TESTED, [], 35)).toEqual(['it passed no test in its last stay in TESTING']);
    const again = [...TESTED, 'TESTING', 'EPHEMERAL', 'RESERVED'];
    expect(problems(again, [15], 65)).toEqual(['it passed no test in its last stay in TESTING']);
    expect(problems(again, [15, 45], 65)).toEqual([]);
  });

  it('finds a node that was reserved, or became free, out of a state from which it may not', () => {
    expect(problems(['REGISTERED', 'TESTING', 'RESERVED'], [15], 25)).toEqual([
      'it was reserved out of TESTING',
    ]);
    expect(problems(['TESTING', 'QUARANTINED', 'EPHEMERAL', 'RESERVED'], [5], 35)).toEqual([
      'it became free out of QUARANTINED',
    ]);
  });

  it('finds a grant before any reservation', () => {
    expect(problems(TESTED, [15], 25)).toEqual(['it was never reserved for the session before']);
  });

  it('tells grants in the moment after a node left from others', () => {
    const late = history([...TESTED, 'OFFLINE'], [15], 43);
    expect(checkGrants(late, 1_000)).toEqual({
      total: 1,
      untested: [],
      afterLeaving: { count: 1, longestMs: 3, accepted: 1 },
    });
  });

  it('finds a grant that came when the node had been reserved again', () => {
    const moves = movesOf(...TESTED, 'TESTING', 'EPHEMERAL', 'RESERVED');
    moves[6]!.sessionId = 'another';
    const later = { ...history(TESTED, [15, 45], 65), moves };
    expect(checkGrants(later, 1_000).untested.map(({ problem }) => problem)).toEqual([
      'it was reserved for another session since',
    ]);
  });
});
