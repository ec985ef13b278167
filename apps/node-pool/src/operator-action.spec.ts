import { type NodeAction, type NodeState, nodeStates } from '@ganglion/contracts';
import type { NodeFacts } from './change.js';
import { nodeLifecycle } from './node.lifecycle.js';
import { act, type NodeMove, operatorReason, possibleActions } from './operator-action.js';

const now = new Date(1_800_000_000_000);
const longAgo = new Date(now.getTime() - 3_600_000);
const reason = operatorReason('drain', 'key-1', 'a new disk');
const moves: NodeMove[] = ['drain', 'quarantine', 'retest'];

const node = (state: NodeState, more: Partial<NodeFacts> = {}): NodeFacts => ({
  id: `U${'A'.repeat(55)}`,
  state,
  stateAt: now,
  sessionId: state === 'RESERVED' ? '019a0000-0000-7000-8000-000000000001' : null,
  tests: 0,
  tokensPerSecond: null,
  speeds: [],
  concurrency: [],
  scoredAt: null,
  failures: 2,
  failedAt: longAgo,
  wakeAt: null,
  lastSeenAt: now,
  joinedAt: longAgo,
  leftAt: null,
  loadingDigest: null,
  switchedAt: null,
  ...more,
});
const decide = (facts: NodeFacts, action: NodeMove) => act(facts, action, { reason, now });

describe('what an operator may do with a node', () => {
  it.each(nodeStates.flatMap((state) => moves.map((action) => [state, action] as const)))(
    'keeps to the lifecycle, or says what is possible: %s, %s',
    (state, action) => {
      if (!possibleActions(state).includes(action)) {
        expect(() => decide(node(state), action)).toThrow(
          expect.objectContaining({
            code: 'CONFLICT',
            message: expect.stringContaining(state) as string,
            details: expect.objectContaining({ state, possible: possibleActions(state) }) as object,
          }),
        );
        return;
      }
      const path = decide(node(state), action)?.path ?? [];
      path.forEach((to, index) => expect(nodeLifecycle.can(path[index - 1] ?? state, to)).toBe(true));
    },
  );

  it('leaves a retired node nothing but to stay retired', () => {
    expect(possibleActions('RETIRED')).toEqual<NodeAction[]>(['retire']);
  });

  it('lets a draining node finish in its session, and an idle one go at once', () => {
    expect(decide(node('RESERVED'), 'drain')).toEqual({ path: ['DRAINING'], reason, data: { leftAt: now } });
    expect(decide(node('EPHEMERAL'), 'drain')?.path).toEqual(['DRAINING', 'OFFLINE']);
    expect(decide(node('QUARANTINED'), 'drain')).toEqual({ path: [], reason, data: { leftAt: now } });
    expect(decide(node('DRAINING', { leftAt: longAgo }), 'drain')).toBeNull();
  });

  it('quarantines for a day, takes the node from its session, and counts it as no failure', () => {
    const wakeAt = new Date(now.getTime() + 86_400_000);
    expect(decide(node('RESERVED'), 'quarantine')).toEqual({
      path: ['QUARANTINED'],
      reason,
      data: { wakeAt, sessionId: null },
    });
    expect(decide(node('QUARANTINED', { wakeAt: now }), 'quarantine')).toEqual({
      path: [],
      reason,
      data: { wakeAt },
    });
    expect(decide(node('QUARANTINED', { wakeAt }), 'quarantine')).toBeNull();
  });

  it('ends a quarantine or an absence by a test, of a node that is there', () => {
    const drained = node('OFFLINE', { leftAt: longAgo });
    expect(decide(drained, 'retest')).toMatchObject({ path: ['TESTING'], reason, data: { leftAt: null } });
    const early = node('QUARANTINED', { wakeAt: new Date(now.getTime() + 1) });
    expect(decide(early, 'retest')).toMatchObject({ path: ['TESTING'], data: { wakeAt: null } });
    expect(decide({ ...early, lastSeenAt: longAgo }, 'retest')?.path).toEqual(['OFFLINE']);
    expect(() => decide({ ...drained, lastSeenAt: longAgo }, 'retest')).toThrow(/start its miner/);
    expect(decide(node('TESTING'), 'retest')).toBeNull();
  });
});
