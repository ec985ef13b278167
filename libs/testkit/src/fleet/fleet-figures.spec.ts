import { fleetFigures } from './fleet-figures.js';
import type { FleetHistory, NodeMove } from './fleet-history.js';
import type { Kind, NodePlan } from './fleet-plan.js';

const plan = (name: string, kind: Kind): NodePlan => ({ name, kind, seed: 1, tokenMs: 10, lieRate: 0 });
const move = (nodeId: string, to: string, at: number): NodeMove => ({
  ...{ nodeId, from: null, to, at, sessionId: null },
  reason: to === 'QUARANTINED' ? { code: 'start_late', message: 'never started' } : null,
});

const history: FleetHistory = {
  moves: [
    move('A', 'TESTING', 0),
    move('B', 'TESTING', 0),
    move('C', 'TESTING', 0),
    move('A', 'EPHEMERAL', 1_000),
    move('B', 'QUARANTINED', 2_000),
    move('B', 'TESTING', 6_000),
    move('B', 'EPHEMERAL', 8_000),
    move('C', 'QUARANTINED', 9_000),
  ],
  participations: [
    { nodeId: 'B', at: 500 },
    { nodeId: 'B', at: 7_000 },
    { nodeId: 'C', at: 400 },
  ],
  verdicts: [],
  attempts: [],
  tasks: [
    { taskId: '1', state: 'FINALISED', code: null, isRight: true },
    { taskId: '2', state: 'FINALISED', code: null, isRight: false },
    { taskId: '3', state: 'FAILED', code: 'miner_lost', isRight: null },
  ],
  rounds: [
    { state: 'ENDED', ms: 30 },
    { state: 'ENDED', ms: 10 },
    { state: 'ABORTED', ms: 99 },
  ],
};
const plans = new Map([
  ['A', plan('a', 'honest')],
  ['B', plan('b', 'broken')],
  ['C', plan('c', 'honest')],
]);

describe('the figures of a fleet', () => {
  const figures = fleetFigures(history, plans, 10_000);

  it('tell after how many rounds and seconds a node was out, and how much it served after', () => {
    expect(figures.nodes[1]).toMatchObject({ roundsUntilOut: 1, msUntilOut: 2_000, serviceShare: 0.25 });
    expect(figures.nodes[0]).toMatchObject({ roundsUntilOut: null, msUntilOut: null, serviceShare: 0.9 });
    expect(figures.kinds.find(({ kind }) => kind === 'broken')).toMatchObject({
      nodes: 1,
      out: 1,
      secondsUntilOut: { median: 2, most: 2 },
      endStates: { EPHEMERAL: 1 },
    });
  });

  it('name who was put away without a fault', () => {
    expect(figures.falselyBlamed).toEqual([
      { nodeId: 'C', kind: 'honest', reason: 'start_late: never started', at: 9_000 },
    ]);
    expect(figures.honestInServiceAtEnd).toBe(0.5);
  });

  it('count rounds and tasks by their ends', () => {
    expect(figures.rounds).toEqual({ ended: 2, aborted: 1, verdicts: 0, ms: { median: 30, most: 30 } });
    expect(figures.tasks).toEqual({
      states: { FINALISED: 2, FAILED: 1 },
      failures: { miner_lost: 1 },
      answers: 2,
      wrong: 1,
    });
  });
});
