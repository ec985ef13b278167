import type { NodeState } from '@ganglion/contracts';
import type { NodeFacts } from './change.js';
import { appear, leave, rejoin, retire, vanish } from './coming-and-going.js';
import { nodeLifecycle } from './node.lifecycle.js';
import { release, reserve } from './reservation.js';

const now = new Date(1_800_000_000_000);
const sessionId = '019a0000-0000-7000-8000-000000000001';
const other = '019a0000-0000-7000-8000-000000000002';
const same = { modelDigest: 'd'.repeat(64), problem: undefined };
const reason = { code: 'done', message: 'the reservation ended' };

const node = (state: NodeState, more: Partial<NodeFacts> = {}): NodeFacts => ({
  id: `U${'A'.repeat(55)}`,
  state,
  stateAt: now,
  sessionId: state === 'RESERVED' ? sessionId : null,
  tests: 0,
  tokensPerSecond: null,
  speeds: [],
  concurrency: [],
  scoredAt: null,
  failures: 0,
  failedAt: null,
  wakeAt: null,
  lastSeenAt: now,
  joinedAt: now,
  leftAt: null,
  loadingDigest: null,
  switchedAt: null,
  ...more,
});

describe('joining again', () => {
  it.each<NodeState>(['TESTING', 'EPHEMERAL', 'RESERVED', 'DRAINING'])(
    'shows a node in %s as gone before it is tested, so that its session hears of it',
    (state) => {
      expect(rejoin(node(state), now, same)).toMatchObject({
        path: ['OFFLINE', 'TESTING'],
        reason: { code: 'restarted' },
        data: { sessionId: null, leftAt: null },
      });
    },
  );

  it('repeats itself without a trace while the node has not spoken yet', () => {
    expect(rejoin(node('TESTING', { lastSeenAt: null }), now, same).path).toEqual([]);
  });

  it('does not end a quarantine', () => {
    const change = rejoin(node('QUARANTINED', { failures: 3, wakeAt: now }), now, same);
    expect(change.path).toEqual([]);
    expect(change.data).not.toHaveProperty('wakeAt');
    expect(change.data).not.toHaveProperty('failures');
  });

  it('brings back a node that was gone', () => {
    expect(rejoin(node('OFFLINE', { leftAt: now }), now, same)).toMatchObject({
      path: ['TESTING'],
      data: { leftAt: null },
    });
  });

  it('is refused to a retired node', () => {
    expect(() => rejoin(node('RETIRED'), now, same)).toThrow(/retired/);
  });
});

describe('a heartbeat', () => {
  it('brings a node back that was thought gone, to be tested', () => {
    expect(appear(node('OFFLINE'), now).path).toEqual(['TESTING']);
  });

  it('does not bring back one that left', () => {
    expect(appear(node('OFFLINE', { leftAt: now }), now).path).toEqual([]);
  });

  it.each<NodeState>(['QUARANTINED', 'DRAINING', 'EPHEMERAL', 'RETIRED'])('moves no node in %s', (state) => {
    expect(appear(node(state), now).path).toEqual([]);
  });
});

describe('leaving', () => {
  it('lets a reserved node finish, and any other go at once', () => {
    expect(leave(node('RESERVED'), now)).toMatchObject({ path: ['DRAINING'] });
    expect(leave(node('EPHEMERAL'), now)).toMatchObject({ path: ['DRAINING', 'OFFLINE'] });
    expect(leave(node('TESTING'), now)).toMatchObject({ path: ['DRAINING', 'OFFLINE'] });
  });

  it('does not lead out of quarantine', () => {
    expect(leave(node('QUARANTINED'), now)).toEqual({ path: [], data: { leftAt: now } });
  });

  it('changes nothing the second time', () => {
    expect(leave(node('DRAINING', { leftAt: now }), now)).toBeNull();
  });
});

describe('vanishing', () => {
  it.each<NodeState>(['TESTING', 'EPHEMERAL', 'RESERVED', 'DRAINING'])(
    'takes a node in %s OFFLINE',
    (state) => {
      expect(vanish(node(state), reason)).toEqual({ path: ['OFFLINE'], reason, data: { sessionId: null } });
    },
  );

  it.each<NodeState>(['QUARANTINED', 'OFFLINE', 'RETIRED'])('changes nothing for a node in %s', (state) => {
    expect(vanish(node(state), reason)).toBeNull();
  });
});

describe('a reservation', () => {
  it('takes a free node, and is the same when repeated', () => {
    expect(reserve(node('EPHEMERAL'), sessionId)).toEqual({ path: ['RESERVED'], data: { sessionId } });
    expect(reserve(node('RESERVED'), sessionId)).toBeNull();
  });

  it('is refused while another session holds the node, or it is not free', () => {
    expect(() => reserve(node('RESERVED'), other)).toThrow(/RESERVED, not EPHEMERAL/);
    expect(() => reserve(node('TESTING'), sessionId)).toThrow(/TESTING, not EPHEMERAL/);
  });

  it('ends in the next test, or OFFLINE for a node that leaves', () => {
    expect(release(node('RESERVED'), sessionId, reason)?.path).toEqual(['TESTING']);
    expect(release(node('DRAINING', { sessionId }), sessionId, reason)?.path).toEqual(['OFFLINE']);
  });

  it('is not ended by news of an earlier one', () => {
    expect(release(node('RESERVED'), other, reason)).toBeNull();
    expect(release(node('EPHEMERAL'), sessionId, reason)).toBeNull();
  });
});

describe('every decision', () => {
  const decisions: Record<string, (facts: NodeFacts) => { path: readonly NodeState[] } | null> = {
    rejoin: (facts) => (facts.state === 'RETIRED' ? null : rejoin(facts, now, same)),
    appear: (facts) => appear(facts, now),
    leave: (facts) => leave(facts, now),
    vanish: (facts) => vanish(facts, reason),
    retire: (facts) => retire(facts, reason),
    release: (facts) => release(facts, sessionId, reason),
  };
  // A node passes REGISTERED inside one transaction: no decision ever sees it there.
  const states = nodeLifecycle.states.filter((state) => state !== 'REGISTERED');

  it.each(Object.keys(decisions))('moves along the lifecycle only: %s', (name) => {
    for (const state of states) {
      const path = decisions[name]?.(node(state))?.path ?? [];
      path.reduce((from, to) => {
        expect([from, to, nodeLifecycle.can(from, to)]).toEqual([from, to, true]);
        return to;
      }, state);
    }
  });
});
