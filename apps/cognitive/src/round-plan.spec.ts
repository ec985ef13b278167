import { PHASE_MS } from './patience.js';
import type { CompanionFacts } from './round-facts.js';
import { planRound } from './round-plan.js';
import {
  after,
  committed,
  deadline,
  enqueued,
  outcomes,
  participant,
  precommitted,
  round,
  start,
} from './round.fixture.js';
import { COMPANION_GRACE_MS, TIMING_GRACE_MS } from './verdict.js';

describe('the plan of a round', () => {
  it('starts a prepared round and hands every task over', () => {
    const plan = planRound(round('PREPARED', participant('a'), participant('b')), start);
    expect(plan).toMatchObject({ moves: ['STARTED'], enqueue: ['a', 'b'], reveal: [], judgements: [] });
  });

  it('hands over again only what the queue has not taken', () => {
    expect(planRound(round('STARTED', enqueued('a'), participant('b')), start)).toMatchObject({
      moves: [],
      enqueue: ['b'],
    });
  });

  it('waits for the hashes once all tasks are taken', () => {
    expect(planRound(round('STARTED', enqueued('a'), enqueued('b')), start).moves).toEqual(['PRECOMMITTING']);
  });

  it('passes two states at once when the hashes were faster than the answer of the queue', () => {
    const plan = planRound(round('STARTED', precommitted('a')), start);
    expect(plan).toMatchObject({ moves: ['PRECOMMITTING', 'COMMITTING'], reveal: ['a'] });
  });

  it('reveals nothing while a hash is missing and there is time', () => {
    const plan = planRound(round('PRECOMMITTING', precommitted('a'), enqueued('b')), after(PHASE_MS - 1));
    expect(plan).toMatchObject({ moves: [], reveal: [], judgements: [] });
  });

  it('fails a wrong answer of a node that was serving, and passes a right one', () => {
    const answered = (correct: boolean) => round('COMMITTING', committed('a', { correct, isServing: true }));
    expect(outcomes(answered(false), start)).toEqual({ a: 'FAILED wrong_answer' });
    expect(outcomes(answered(true), start)).toEqual({ a: 'PASSED passed' });
  });

  it('asks again for a reveal that the queue has not taken', () => {
    const facts = round(
      'COMMITTING',
      committed('a', { committedAt: null, correct: null }),
      precommitted('b'),
    );
    expect(planRound(facts, start).reveal).toEqual(['b']);
  });

  it('judges one participant while another is still working', () => {
    const facts = round('COMMITTING', committed('a'), precommitted('b'));
    expect(outcomes(facts, start)).toEqual({ a: 'PASSED passed' });
    expect(planRound(facts, start).moves).toEqual([]);
  });

  it('ends when the last one is judged', () => {
    const facts = round('COMMITTING', committed('a', { outcome: 'FAILED' }), committed('b'));
    expect(planRound(facts, start).moves).toEqual(['ENDED']);
  });

  it('fails a wrong answer at once, timing or not', () => {
    const facts = round('COMMITTING', committed('a', { correct: false, isTimed: false }));
    expect(outcomes(facts, start)).toEqual({ a: 'FAILED wrong_answer' });
  });

  it('gives the timing of a right answer a moment to arrive, and no more', () => {
    const facts = round('COMMITTING', committed('a', { isTimed: false }));
    expect(outcomes(facts, after(TIMING_GRACE_MS - 1))).toEqual({});
    expect(outcomes(facts, after(TIMING_GRACE_MS))).toEqual({ a: 'PASSED passed' });
  });

  it('judges an answer that came while the hashes of others were awaited', () => {
    const facts = round('PRECOMMITTING', committed('a'), enqueued('b'));
    expect(outcomes(facts, start)).toEqual({ a: 'PASSED passed' });
  });

  it('goes on with those whose task was taken when others could not be', () => {
    const plan = planRound(round('STARTED', enqueued('a'), participant('b')), deadline);
    expect(plan).toMatchObject({ moves: ['PRECOMMITTING'], enqueue: [], cancel: ['b'] });
  });

  it('ends through PRECOMMITTING when the only participant failed before all tasks were handed over', () => {
    const facts = round(
      'STARTED',
      participant('a', { outcome: 'FAILED' }),
      participant('b', { outcome: 'EXCUSED' }),
    );
    expect(planRound(facts, start).moves).toEqual(['PRECOMMITTING', 'ENDED']);
  });

  it('aborts a round that was prepared but never started', () => {
    expect(planRound(round('PREPARED', participant('a')), deadline).moves).toEqual(['ABORTED']);
  });

  describe("with tasks beside the participant's own", () => {
    const beside = (known: Partial<CompanionFacts> = {}): CompanionFacts[] =>
      ['b', 'c'].map((taskId) => ({
        taskId,
        isEnqueued: true,
        hasEnded: true,
        isTimed: true,
        ...known,
      }));

    it('hands them over with it, and goes on without those that the queue did not take', () => {
      const companions = beside({ isEnqueued: false, hasEnded: false, isTimed: false });
      expect(planRound(round('STARTED', participant('a', { companions })), start).enqueue).toEqual([
        'a',
        'b',
        'c',
      ]);
      const untaken = beside({ isEnqueued: false, hasEnded: true, isTimed: false });
      const plan = planRound(round('STARTED', { ...enqueued('a'), companions: untaken }), start);
      expect(plan).toMatchObject({ enqueue: [], moves: ['PRECOMMITTING'] });
    });

    it('waits for them before it judges, but not for long', () => {
      const slow = round('COMMITTING', committed('a', { companions: beside({ hasEnded: false }) }));
      expect(outcomes(slow, after(COMPANION_GRACE_MS - 1))).toEqual({});
      expect(outcomes(slow, after(COMPANION_GRACE_MS))).toEqual({ a: 'PASSED passed' });
      expect(planRound(slow, after(COMPANION_GRACE_MS)).cancel).toEqual(['b', 'c']);
    });

    it('waits for their timing as for its own', () => {
      const untimed = round('COMMITTING', committed('a', { companions: beside({ isTimed: false }) }));
      expect(outcomes(untimed, after(TIMING_GRACE_MS - 1))).toEqual({});
      expect(outcomes(untimed, after(TIMING_GRACE_MS))).toEqual({ a: 'PASSED passed' });
      const untaken = committed('a', { companions: beside({ isEnqueued: false, isTimed: false }) });
      expect(outcomes(round('COMMITTING', untaken), start)).toEqual({ a: 'PASSED passed' });
    });

    it('does not wait for them with a wrong answer', () => {
      const companions = beside({ hasEnded: false });
      const plan = planRound(round('COMMITTING', committed('a', { correct: false, companions })), start);
      expect(plan).toMatchObject({ judgements: [{ outcome: 'FAILED' }], cancel: ['b', 'c'] });
    });
  });
});
