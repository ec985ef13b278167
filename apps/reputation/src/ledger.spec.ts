import {
  attempt,
  audit,
  DAY,
  nodeA,
  outvoted,
  probe,
  registered,
  role,
  START,
  story,
  verdict,
} from './heard.fixture.js';
import { emptyLedger, type Ledger } from './ledger.js';
import { digestOf, readLedger, writeLedger } from './ledger-text.js';
import { blend } from './own-figure.js';
import { type Counted, Recount } from './recount.js';
import { scoreOf } from './score.js';
import { meanOf } from './speed.js';
import { HALF_LIFE_MS } from './stat.js';
import { readEvent } from './trial.js';

type Fact = ReturnType<typeof verdict>;

const count = (facts: readonly Fact[], from?: Counted): Counted =>
  new Recount(from)
    .add(
      facts.map(({ subject, payload }, n) => ({
        sequence: (from?.sequence ?? 0n) + BigInt(n + 1),
        eventId: `event-${n}`,
        heard: readEvent(subject, payload),
      })),
    )
    .result();
const ledgerOf = (...facts: Fact[]): Ledger => count(facts).ledger;
const counts = (...facts: Fact[]): Record<string, string> =>
  Object.fromEntries(
    ledgerOf(...facts).stats.map(({ phase, succeeded, total }) => [phase, `${succeeded}/${total}`]),
  );

describe('the ledger', () => {
  it('counts every phase of a passed test', () => {
    expect(counts(verdict({}))).toEqual({
      start: '1/1',
      precommit: '1/1',
      commit: '1/1',
      correctness: '1/1',
      end: '1/1',
    });
  });

  it('counts no phase that was not reached', () => {
    expect(counts(verdict({ failed: 'precommit' }))).toEqual({ start: '1/1', precommit: '0/1', end: '0/1' });
  });

  it('counts a wrong answer as taken part, but not correct', () => {
    expect(counts(verdict({ failed: 'correctness' }))).toMatchObject({ end: '1/1', correctness: '0/1' });
  });

  it('counts tasks of sessions, and those of tests by their verdict alone', () => {
    const ledger = ledgerOf(
      attempt('accepted'),
      attempt('accepted', { session: null }),
      attempt('rejected'),
      attempt('lost'),
    );
    expect(ledger).toMatchObject({ accepted: 1, rejected: 1, lost: 1, completionTokens: 7 });
    expect(ledger.stats.find(({ phase }) => phase === 'commit')).toMatchObject({ total: 2, succeeded: 1 });
  });

  it('counts audits that decided something, as correctness', () => {
    const ledger = ledgerOf(audit('passed'), audit('failed'), audit('undecided'), audit('unverifiable'));
    expect(ledger.stats).toMatchObject([{ phase: 'correctness', total: 2, succeeded: 1 }]);
    expect(ledgerOf(audit('undecided')).stats).toEqual([]);
  });

  it('counts a verifier that was outvoted as a false answer of its own', () => {
    expect(ledgerOf(outvoted()).stats).toMatchObject([{ phase: 'correctness', total: 1, succeeded: 0 }]);
  });

  it('counts roles in tests, each as its own phase, but not those that were excused', () => {
    const roles = [role('creator', 'passed'), role('creator', 'failed'), role('preparer', 'passed')];
    expect(counts(...roles, role('creator', 'excused'), role('preparer', 'excused'))).toEqual({
      create: '1/2',
      prepare: '1/1',
    });
  });

  it('counts probes, and knows a registered node of which nothing else was heard', () => {
    expect(counts(probe(1), probe(null))).toEqual({ ping: '1/2' });
    expect(ledgerOf(registered())).toEqual(emptyLedger);
  });

  it('gives points for successes only', () => {
    const [correctness] = ledgerOf(verdict({}), verdict({ failed: 'correctness' })).stats.filter(
      ({ phase }) => phase === 'correctness',
    );
    expect(correctness).toMatchObject({ total: 2, succeeded: 1, points: 5 });
  });

  it('weighs a trial by its age, whether it comes in time or late', () => {
    const first = verdict({ at: START });
    const second = verdict({ at: START + HALF_LIFE_MS, failed: 'correctness' });
    const inOrder = ledgerOf(first, second);
    expect(inOrder.stats.map(({ weight }) => weight)).toEqual(inOrder.stats.map(() => 1.5));
    expect(ledgerOf(second, first).stats).toEqual(inOrder.stats);
  });

  it('forgets a failure four times slower than a success', () => {
    const { stats } = ledgerOf(verdict({ failed: 'correctness' }), verdict({ at: START + 4 * HALF_LIFE_MS }));
    expect(stats.find(({ phase }) => phase === 'correctness')).toMatchObject({
      weightFailed: 0.5,
      weight: 1 + 1 / 16,
    });
  });

  it('refuses an event that reputation does not hear', () => {
    expect(() => readEvent('evt.session.session-changed', {})).toThrow('is not heard');
  });
});

describe('speed', () => {
  const fast = (...facts: Fact[]): number => scoreOf(ledgerOf(...facts)).fast;

  it('is the oracle’s timing of passed tests', () => {
    expect(fast(verdict({ ttftMs: 1_000, tokensPerSecond: 1_000 / 190 }))).toBe(0.5);
    expect(fast(verdict({ ttftMs: 100 }))).toBeGreaterThan(fast(verdict({ ttftMs: 900 })));
  });

  it.each(['start', 'precommit', 'commit', 'correctness'] as const)(
    'is not improved by a test that failed at %s, however fast it failed',
    (failed) => {
      const slow = verdict({ ttftMs: 2_000, tokensPerSecond: 3 });
      const hasty = verdict({ failed, ttftMs: 0.01, tokensPerSecond: 1e9 });
      expect(ledgerOf(slow, hasty).speed).toEqual(ledgerOf(slow).speed);
      expect(fast(hasty)).toBe(0);
    },
  );

  it('cannot be bought with one very fast answer among slow ones', () => {
    const slow = verdict({ ttftMs: 4_000, tokensPerSecond: 2 });
    const hasty = verdict({ ttftMs: 0, tokensPerSecond: 1e12 });
    expect(fast(slow, slow, slow, hasty)).toBeLessThan(0.4);
  });

  it('takes a time of any length for a day at most, and no time that is none', () => {
    const endless = verdict({ ttftMs: 1e308, tokensPerSecond: 1e-320 });
    const { speed } = ledgerOf(endless, endless, endless);
    expect([meanOf(speed.ttft), meanOf(speed.perToken)]).toEqual([DAY, DAY]);
    expect(ledgerOf(verdict({ ttftMs: -1, tokensPerSecond: 0 })).speed).toEqual(emptyLedger.speed);
  });

  it('knows nothing of tasks: what clients ask for does not compare', () => {
    expect(fast(attempt('accepted'))).toBe(0);
  });

  it('is left alone by a test of which the oracle saw no figures', () => {
    const seen = verdict({});
    expect(ledgerOf(seen, verdict({ ttftMs: null, tokensPerSecond: null })).speed).toEqual(
      ledgerOf(seen).speed,
    );
  });
});

describe('a recount', () => {
  it.each(Array.from({ length: 20 }, (_, n) => n + 1))(
    'gives the same bits in one go, and from any snapshot on (story %d)',
    (seed) => {
      const facts = story(seed, 150);
      const whole = count(facts);
      for (const cut of [1, 40, 149]) {
        const before = count(facts.slice(0, cut));
        const kept = { ...before, ledger: readLedger(writeLedger(before.ledger)) };
        const after = count(facts.slice(cut), kept);
        expect(writeLedger(after.ledger)).toBe(writeLedger(whole.ledger));
        expect(scoreOf(after.ledger)).toEqual(scoreOf(whole.ledger));
        expect(before.changes.length + after.changes.length).toBe(whole.changes.length);
        expect(after.changes.map(({ number }) => number)).toEqual(
          whole.changes.slice(before.changes.length).map(({ number }) => number),
        );
      }
    },
  );

  it('counts by day just what it counts in all', () => {
    const { days, ledger } = count(story(7, 400));
    for (const { phase, total, succeeded } of ledger.stats) {
      const own = days.filter((day) => day.phase === phase);
      expect(own.reduce((sum, day) => sum + day.total, 0)).toBe(total);
      expect(own.reduce((sum, day) => sum + day.succeeded, 0)).toBe(succeeded);
    }
    expect(new Set(days.map(({ day }) => day)).size).toBeGreaterThan(5);
  });

  it('counts a late event on the day on which it happened', () => {
    const { days } = count([probe(1, { at: START + 3 * DAY }), probe(null, { at: START })]);
    expect(days).toEqual([
      { phase: 'ping', day: '2030-01-04', total: 1, succeeded: 1 },
      { phase: 'ping', day: '2030-01-01', total: 1, succeeded: 0 },
    ]);
  });
});

describe('a ledger’s text', () => {
  it('is the same for the same ledger, and no other’s', () => {
    const { ledger } = count(story(3, 80));
    const shuffled = { ...ledger, stats: [...ledger.stats].reverse() };
    expect(writeLedger(shuffled)).toBe(writeLedger(ledger));
    const [first, ...others] = ledger.stats;
    const off = { ...ledger, stats: [{ ...first!, weight: first!.weight * (1 + 2 ** -52) }, ...others] };
    expect(writeLedger(off)).not.toBe(writeLedger(ledger));
  });

  it('of another version is refused', () => {
    const text = writeLedger(emptyLedger).replace('"version":1', '"version":2');
    expect(() => readLedger(text)).toThrow('version 2');
  });

  it('is sealed together with the node and the place', () => {
    const snapshot = { nodeId: nodeA, sequence: 5n, state: writeLedger(emptyLedger) };
    const seals = [snapshot, { ...snapshot, sequence: 6n }, { ...snapshot, state: '{}' }].map(digestOf);
    expect(new Set(seals).size).toBe(3);
    expect(seals[0]).toMatch(/^[0-9a-f]{64}$/);
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
