import { cognitive, nodePool, sessionQueue } from '@ganglion/contracts';
import { emptyLedger, enter, replay } from './ledger.js';
import { blend } from './own-figure.js';
import { HALF_LIFE_MS, scoreOf } from './score.js';
import { readEvent } from './trial.js';

const nodeId = `U${'A'.repeat(55)}`;
const sessionId = '01890000-0000-7000-8000-000000000009';
const at = '2030-01-01T00:00:00.000Z';
const verdict = (
  known: Partial<Record<'start' | 'precommit' | 'commit' | 'correctness', boolean>>,
  day = 1,
) => ({
  nodeId,
  at: `2030-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  passed: Object.keys(known).length === 0,
  phases: { start: true, precommit: true, commit: true, correctness: true, ...known },
});
const attempt = { taskId: 'a', attempt: 1, nodeId, sessionId, at };

const verdictGiven = (...known: Parameters<typeof verdict>) =>
  readEvent(cognitive.verdictGiven.subject, verdict(...known));
const counts = (...heard: ReturnType<typeof readEvent>[]): Record<string, string> =>
  Object.fromEntries(
    replay(heard).stats.map(({ phase, succeeded, total }) => [phase, `${succeeded}/${total}`]),
  );

describe('the ledger', () => {
  it('counts every phase of a passed test', () => {
    expect(counts(verdictGiven({}))).toEqual({
      start: '1/1',
      precommit: '1/1',
      commit: '1/1',
      correctness: '1/1',
      end: '1/1',
    });
  });

  it('counts no phase that was not reached', () => {
    const late = verdictGiven({ precommit: false, commit: false, correctness: false });
    expect(counts(late)).toEqual({ start: '1/1', precommit: '0/1', end: '0/1' });
  });

  it('counts a wrong answer as taken part, but not correct', () => {
    expect(counts(verdictGiven({ correctness: false }))).toMatchObject({ end: '1/1', correctness: '0/1' });
  });

  it('counts tasks of sessions, and those of tests by their verdict alone', () => {
    const accepted = { ...attempt, completionTokens: 7, ttftMs: 1, durationMs: 5 };
    const ledger = replay([
      readEvent(sessionQueue.attemptAccepted.subject, accepted),
      readEvent(sessionQueue.attemptAccepted.subject, { ...accepted, sessionId: null }),
      readEvent(sessionQueue.attemptRejected.subject, attempt),
      readEvent(sessionQueue.attemptLost.subject, attempt),
    ]);
    expect(ledger).toMatchObject({ accepted: 1, rejected: 1, lost: 1, completionTokens: 7 });
    expect(ledger.stats.find(({ phase }) => phase === 'commit')).toMatchObject({ total: 2, succeeded: 1 });
  });

  it('counts probes, and knows a registered node of which nothing else was heard', () => {
    const probe = (rttMs: number | null) => readEvent(cognitive.nodeProbed.subject, { nodeId, rttMs, at });
    expect(counts(probe(1), probe(null))).toEqual({ ping: '1/2' });
    expect(enter(emptyLedger, readEvent(nodePool.nodeRegistered.subject, { nodeId, at }))).toEqual(
      emptyLedger,
    );
  });

  it('gives points for successes only', () => {
    const [correctness] = replay([verdictGiven({}), verdictGiven({ correctness: false })]).stats.filter(
      ({ phase }) => phase === 'correctness',
    );
    expect(correctness).toMatchObject({ total: 2, succeeded: 1, points: 5 });
  });

  it('weighs a trial by its age, whether it comes in time or late', () => {
    const inOrder = replay([verdictGiven({}, 1), verdictGiven({ correctness: false }, 8)]);
    const late = replay([verdictGiven({ correctness: false }, 8), verdictGiven({}, 1)]);
    const weights = inOrder.stats.map(({ weight }) => weight);
    expect(weights).toEqual(inOrder.stats.map(() => 1.5));
    expect(late.stats).toEqual(inOrder.stats);
    expect(HALF_LIFE_MS).toBe(7 * 86_400_000);
  });

  it('gives the same score for the same events', () => {
    const heard = Array.from({ length: 50 }, (_, n) =>
      verdictGiven(n % 7 === 0 ? { correctness: false } : {}, 1 + (n % 28)),
    );
    expect(scoreOf(replay(heard).stats)).toEqual(scoreOf(replay(heard).stats));
  });

  it('refuses an event that reputation does not hear', () => {
    expect(() => readEvent('evt.session.session-changed', {})).toThrow('is not heard');
  });
});

describe("a node's own figures", () => {
  it('are smoothed, and a report without a figure changes nothing', () => {
    const first = blend({ ttftMs: null, tokensPerSecond: null }, { ttftMs: 100, tokensPerSecond: null });
    expect(first).toEqual({ ttftMs: 100, tokensPerSecond: null });
    expect(blend(first, { ttftMs: 200, tokensPerSecond: 50 })).toEqual({ ttftMs: 120, tokensPerSecond: 50 });
    expect(blend(first, { ttftMs: null, tokensPerSecond: null })).toEqual(first);
  });
});
