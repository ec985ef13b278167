import type { NodeState, Verdict } from '@ganglion/contracts';
import { backOffMs } from './back-off.js';
import type { NodeFacts } from './change.js';
import { condemn, failAudit, isOutlawed, judge, rate, wake } from './judgement.js';

const at = (ms: number): Date => new Date(1_800_000_000_000 + ms);
/** A pool in which few nodes are known yet. */
const young = (ms: number) => ({ now: at(ms), known: 0 });
const nodeId = `U${'A'.repeat(55)}`;

const node = (state: NodeState, more: Partial<NodeFacts> = {}): NodeFacts => ({
  id: nodeId,
  state,
  stateAt: at(0),
  sessionId: null,
  tests: 0,
  tokensPerSecond: null,
  speeds: [],
  concurrency: [],
  scoredAt: null,
  failures: 0,
  failedAt: null,
  wakeAt: null,
  lastSeenAt: at(0),
  joinedAt: at(0),
  leftAt: null,
  loadingDigest: null,
  switchedAt: null,
  ...more,
});

const verdict = (passed: boolean, more: Partial<Verdict> = {}): Verdict => ({
  roundId: '019a0000-0000-7000-8000-000000000001',
  nodeId,
  taskId: '019a0000-0000-7000-8000-000000000002',
  passed,
  reason: { code: passed ? 'passed' : 'no_answer', message: 'a reason' },
  phases: { start: passed, precommit: passed, commit: passed, correctness: passed },
  measured: { ttftMs: 10, tokensPerSecond: 120, durationMs: 100 },
  at: at(1_000).toISOString(),
  ...more,
});
const wrongAnswer = verdict(false, {
  phases: { start: true, precommit: true, commit: true, correctness: false },
});

describe('a verdict', () => {
  it('frees a node that passed, with the speed that was measured', () => {
    expect(judge(node('TESTING', { tests: 3 }), verdict(true), young(1_500))).toEqual({
      path: ['EPHEMERAL'],
      data: {
        tests: 4,
        testedAt: at(1_000),
        tokensPerSecond: 120,
        speeds: [{ at: at(1_000).toISOString(), ttftMs: 10, tokensPerSecond: 120, promptTokens: null }],
        wakeAt: null,
      },
    });
  });

  it('keeps the last known speed when none was measured', () => {
    const unmeasured = verdict(true, { measured: { ttftMs: null, tokensPerSecond: null, durationMs: null } });
    expect(
      judge(node('TESTING', { tokensPerSecond: 80 }), unmeasured, young(1_500))?.data?.tokensPerSecond,
    ).toBe(80);
  });

  it('keeps what a test with several requests at once has shown', () => {
    const concurrency = { asked: 4, seen: 1, waited: true };
    const tested = judge(node('TESTING'), verdict(true, { concurrency }), young(1_500));
    expect(tested?.data?.concurrency).toEqual([concurrency]);
    expect(judge(node('TESTING'), verdict(true), young(1_500))?.data).not.toHaveProperty('concurrency');
  });

  it('has a stranger pass three rounds where others are known, and nobody who is known', () => {
    const among = { now: at(1_500), known: 8 };
    for (const tests of [0, 1])
      expect(judge(node('TESTING', { tests }), verdict(true), among)).toMatchObject({
        path: [],
        data: { tests: tests + 1 },
      });
    expect(judge(node('TESTING', { tests: 2 }), verdict(true), among)?.path).toEqual(['EPHEMERAL']);
    expect(judge(node('TESTING', { tests: 40 }), verdict(true), among)?.path).toEqual(['EPHEMERAL']);
    expect(judge(node('TESTING'), wrongAnswer, among)?.path).toEqual(['QUARANTINED']);
  });

  it('does not let one fast test raise the speed that earlier ones have shown', () => {
    const speeds = [100, 110].map((tokensPerSecond) => ({
      at: at(0).toISOString(),
      ttftMs: 10,
      tokensPerSecond,
      promptTokens: 8,
    }));
    const measured = { ttftMs: 1, tokensPerSecond: 9_000, durationMs: 2 };
    const data = judge(node('TESTING', { speeds }), verdict(true, { measured }), young(1_500))?.data;
    expect(data).toMatchObject({ tokensPerSecond: 110 });
    expect(data?.speeds).toHaveLength(3);
  });

  it('puts a node away that failed, with the reason and a back-off', () => {
    expect(judge(node('TESTING'), wrongAnswer, young(2_000))).toEqual({
      path: ['QUARANTINED'],
      reason: { code: 'no_answer', message: 'a reason' },
      data: { failures: 1, failedAt: at(2_000), wakeAt: at(32_000), sessionId: null, tests: 1 },
    });
  });

  it('gives a node ten seconds before it is put away for not having started', () => {
    const late = (ms: number): Verdict => verdict(false, { at: at(ms).toISOString() });
    expect(judge(node('TESTING'), late(9_999), young(10_000))).toBeNull();
    expect(judge(node('TESTING'), late(10_000), young(10_000))?.path).toEqual(['QUARANTINED']);
  });

  it('is dropped when it is older than the stay in TESTING', () => {
    const returned = node('TESTING', { stateAt: at(60_000) });
    expect(judge(returned, verdict(true), young(61_000))).toBeNull();
    expect(judge(returned, wrongAnswer, young(61_000))).toBeNull();
  });

  it.each<NodeState>(['EPHEMERAL', 'RESERVED', 'DRAINING', 'OFFLINE'])(
    'counts a wrong answer against a node in %s, but not its silence',
    (state) => {
      expect(judge(node(state), verdict(false), young(2_000))).toBeNull();
      expect(judge(node(state), wrongAnswer, young(2_000))?.path).toEqual(['QUARANTINED']);
    },
  );

  it('renews the speed of a reserved node without moving it', () => {
    expect(judge(node('RESERVED'), verdict(true), young(2_000))).toMatchObject({
      path: [],
      data: { tokensPerSecond: 120 },
    });
  });

  it('ends the wait for the test that was drawn for a reserved node', () => {
    expect(judge(node('RESERVED'), verdict(true, { serving: true }), young(2_000))?.data).toMatchObject({
      drawnAt: null,
    });
    expect(judge(node('RESERVED'), verdict(true), young(2_000))?.data).not.toHaveProperty('drawnAt');
  });

  it.each<NodeState>(['QUARANTINED', 'RETIRED'])('changes nothing for a node in %s', (state) => {
    expect(judge(node(state), verdict(true), young(2_000))).toBeNull();
    expect(judge(node(state), wrongAnswer, young(2_000))).toBeNull();
  });

  it('does not bring back a node that is gone', () => {
    expect(judge(node('OFFLINE'), verdict(true), young(2_000))).toBeNull();
  });
});

describe('a refused commitment', () => {
  const reason = { code: 'wrong_hash', message: 'token 7 differs from the one streamed' };

  it.each<NodeState>(['TESTING', 'EPHEMERAL', 'RESERVED', 'DRAINING', 'OFFLINE'])(
    'quarantines a node in %s and says why in a sentence',
    (state) => {
      expect(condemn(node(state), reason, at(0))).toMatchObject({
        path: ['QUARANTINED'],
        reason: {
          code: 'wrong_hash',
          message: 'an answer of this node was refused: token 7 differs from the one streamed',
        },
      });
    },
  );

  it('keeps its reason within the length that a reason may have', () => {
    const long = { code: 'x', message: 'x'.repeat(1_024) };
    expect(condemn(node('RESERVED'), long, at(0))?.reason?.message).toHaveLength(1_024);
  });
});

describe('a flood', () => {
  it('is a reason to be shut out for good, and a wrong commitment is not', () => {
    expect(isOutlawed({ code: 'flooded', message: 'x' })).toBe(true);
    expect(isOutlawed({ code: 'wrong_hash', message: 'x' })).toBe(false);
  });
});

describe('the back-off', () => {
  it('doubles with each failure in a row, up to an hour', () => {
    expect([1, 2, 3, 7, 8, 40].map(backOffMs)).toEqual([
      30_000, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000,
    ]);
  });

  it('goes on doubling when the node passed a test in between', () => {
    const once = condemn(node('RESERVED'), { code: 'x', message: 'x' }, at(0));
    const passed = node('TESTING', { failures: 1, failedAt: at(0), stateAt: at(30_000) });
    expect(once?.data?.failures).toBe(1);
    const freed = judge(passed, verdict(true, { at: at(31_000).toISOString() }), young(31_000));
    expect(freed?.data).not.toHaveProperty('failures');
    const again = condemn({ ...passed, state: 'RESERVED' }, { code: 'x', message: 'x' }, at(40_000));
    expect(again?.data).toMatchObject({ failures: 2, wakeAt: at(100_000) });
  });

  it('starts anew after an hour without failure', () => {
    const reformed = node('RESERVED', { failures: 5, failedAt: at(0) });
    const later = at(backOffMs(5) + 3_600_001);
    expect(condemn(reformed, { code: 'x', message: 'x' }, later)?.data?.failures).toBe(1);
  });
});

describe('a failed audit', () => {
  const reasons = [
    { code: 'wrong_token', message: 'choice 0: token 3 lost by 5' },
    { code: 'wrong_evidence', message: 'choice 0: 9 tokens' },
  ];

  it.each<NodeState>(['EPHEMERAL', 'RESERVED', 'TESTING', 'OFFLINE', 'DRAINING'])(
    'puts a node away that is %s, with all that was found',
    (state) => {
      expect(failAudit(node(state), reasons, at(2_000))).toMatchObject({
        path: ['QUARANTINED'],
        reason: { code: 'audit_failed', message: /: choice 0: token 3 lost by 5; choice 0: 9 tokens$/ },
        data: { failures: 1, sessionId: null },
      });
    },
  );

  it('leaves a node alone that is away already, or gone', () => {
    expect(failAudit(node('QUARANTINED'), reasons, at(2_000))).toBeNull();
    expect(failAudit(node('RETIRED'), reasons, at(2_000))).toBeNull();
  });
});

describe('the end of a quarantine', () => {
  it('does not come early', () => {
    expect(wake(node('QUARANTINED', { wakeAt: at(30_000) }), at(29_999), true)).toBeNull();
  });

  it('leads to the next test, or OFFLINE when the node is not there', () => {
    const rested = node('QUARANTINED', { wakeAt: at(30_000) });
    expect(wake(rested, at(30_000), true)?.path).toEqual(['TESTING']);
    expect(wake(rested, at(30_000), false)?.path).toEqual(['OFFLINE']);
    expect(wake({ ...rested, leftAt: at(1) }, at(30_000), true)?.path).toEqual(['OFFLINE']);
  });
});

describe('a score', () => {
  it('is taken unless a newer one was heard', () => {
    const rated = node('EPHEMERAL', { scoredAt: at(5_000) });
    expect(rate(rated, { score: 0.5, at: at(4_000).toISOString() })).toBeNull();
    expect(rate(rated, { score: 0.5, at: at(6_000).toISOString() })?.data).toEqual({
      score: 0.5,
      scoredAt: at(6_000),
    });
  });
});
