import type { TaskView } from '@ganglion/contracts';
import { milestonesOf } from './milestones.js';
import { segmentsOf } from './segments.js';

const at = (ms: number) => new Date(1_000_000 + ms).toISOString();
const entry = (state: string, ms: number) => ({ state, at: at(ms), reason: null });
const attempt = (number: number, state: 'ACCEPTED' | 'LOST', history: [string, number][]) => ({
  attempt: number,
  nodeId: `U${'A'.repeat(55)}`,
  silent: false,
  determinismClass: null,
  answer: null,
  state,
  reason: null,
  offeredAt: at(0),
  endedAt: null,
  history: history.map(([name, ms]) => entry(name, ms)),
});
const task: TaskView = {
  taskId: '01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77',
  sessionId: null,
  owner: null,
  state: 'FINALISED',
  reason: null,
  model: 'tiny',
  redundancy: 1,
  submittedAt: at(0),
  endedAt: at(900),
  position: 0,
  etaMs: null,
  attempts: [
    attempt(1, 'LOST', [['STREAMING', 50]]),
    attempt(2, 'ACCEPTED', [
      ['STREAMING', 300],
      ['PRECOMMITTED', 700],
      ['COMMITTED', 800],
    ]),
  ],
  history: [entry('QUEUED', 0), entry('DISPATCHED', 20), entry('FINALISED', 900)],
  result: null,
};

describe('the milestones of a task', () => {
  it('are those of the attempt that was accepted', () => {
    expect(milestonesOf(task).map(({ afterMs }) => afterMs)).toEqual([0, 20, 300, 700, 800, 900]);
  });

  it('are open as long as they are not reached', () => {
    const running = { ...task, state: 'STREAMING' as const, attempts: task.attempts.slice(0, 1) };
    expect(milestonesOf(running).map(({ afterMs }) => afterMs)).toEqual([0, 20, 50, null, null, null]);
    expect(milestonesOf({ ...running, attempts: [] })[2]!.afterMs).toBeNull();
  });
});

describe('segments of a text', () => {
  it('take their tokens by absolute index', () => {
    const hash = 'a'.repeat(64);
    const common = { nodeId: 'U', startHead: hash, head: hash, proof: { kind: 'vouched' as const } };
    const segments = segmentsOf({
      index: 0,
      finish: 'stop',
      evidence: [],
      tokens: [
        [1, 'To'],
        [2, 'ky'],
        [3, 'o.'],
      ],
      segments: [
        { ...common, attempt: 1, from: 1, to: 1 },
        { ...common, attempt: 2, from: 2, to: 3 },
      ],
    });
    expect(segments.map(({ text, attempt: number }) => [number, text])).toEqual([
      [1, 'To'],
      [2, 'kyo.'],
    ]);
  });
});
