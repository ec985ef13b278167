import type { CompanionFacts, ParticipantFacts, RoundFacts } from './round-facts.js';
import { PHASE_MS } from './patience.js';
import { planRound } from './round-plan.js';
import { COMPANION_GRACE_MS, TIMING_GRACE_MS } from './verdict.js';

const start = new Date('2030-01-01T00:00:00.000Z');
const after = (ms: number): Date => new Date(start.getTime() + ms);
const deadline = after(PHASE_MS);

const participant = (name: string, known: Partial<ParticipantFacts> = {}): ParticipantFacts => ({
  taskId: name,
  nodeId: `node of ${name}`,
  outcome: 'PENDING',
  isServing: false,
  isEnqueued: false,
  hasStarted: false,
  hasPrecommitted: false,
  isRevealing: false,
  committedAt: null,
  correct: null,
  answer: null,
  isTimed: false,
  companions: [],
  ...known,
});
const enqueued = (name: string): ParticipantFacts => participant(name, { isEnqueued: true });
const precommitted = (name: string): ParticipantFacts =>
  participant(name, { isEnqueued: true, hasStarted: true, hasPrecommitted: true });
const committed = (name: string, known: Partial<ParticipantFacts> = {}): ParticipantFacts => ({
  ...precommitted(name),
  isRevealing: true,
  committedAt: start,
  correct: true,
  isTimed: true,
  ...known,
});

const round = (state: RoundFacts['state'], ...participants: ParticipantFacts[]): RoundFacts => ({
  roundId: 'a round',
  state,
  deadlineAt: deadline,
  challenge: { prompt: 'What is 2 plus 2?', answer: '4', maxTokens: 8 },
  requestDigest: 'd'.repeat(64),
  reference: null,
  turns: [],
  nobodyFor: null,
  participants,
});
const outcomes = (facts: RoundFacts, now: Date): Record<string, string> =>
  Object.fromEntries(
    planRound(facts, now).judgements.map(({ taskId, outcome, reason }) => [
      taskId,
      `${outcome} ${reason.code}`,
    ]),
  );

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

  it('fails the silent at the deadline and goes on with the others', () => {
    const facts = round(
      'PRECOMMITTING',
      precommitted('a'),
      enqueued('b'),
      participant('c', { isEnqueued: true, hasStarted: true }),
    );
    const plan = planRound(facts, deadline);
    expect(outcomes(facts, deadline)).toEqual({ b: 'FAILED start_late', c: 'FAILED precommit_late' });
    expect(plan).toMatchObject({ moves: ['COMMITTING'], reveal: ['a'], cancel: ['b', 'c'] });
  });

  it('excuses whoever was serving and not done in time', () => {
    const isServing = true;
    for (const facts of [
      round('PRECOMMITTING', participant('a', { isEnqueued: true, isServing })),
      round('PRECOMMITTING', participant('a', { isEnqueued: true, hasStarted: true, isServing })),
      round('COMMITTING', committed('a', { committedAt: null, correct: null, isServing })),
    ]) {
      expect(outcomes(facts, deadline)).toEqual({ a: 'EXCUSED serving' });
      expect(planRound(facts, deadline)).toMatchObject({ moves: ['ABORTED'], cancel: ['a'] });
    }
  });

  it('fails a wrong answer of a node that was serving, and passes a right one', () => {
    const answered = (correct: boolean) => round('COMMITTING', committed('a', { correct, isServing: true }));
    expect(outcomes(answered(false), start)).toEqual({ a: 'FAILED wrong_answer' });
    expect(outcomes(answered(true), start)).toEqual({ a: 'PASSED passed' });
  });

  it('ends when everybody was silent', () => {
    expect(planRound(round('PRECOMMITTING', enqueued('a')), deadline)).toMatchObject({
      moves: ['ENDED'],
      reason: null,
    });
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

  it('blames a node that did not reveal, but not one that was never asked to', () => {
    const facts = round(
      'COMMITTING',
      committed('a', { committedAt: null, correct: null }),
      precommitted('b'),
    );
    expect(outcomes(facts, deadline)).toEqual({ a: 'FAILED commit_late', b: 'EXCUSED not_revealed' });
    expect(planRound(facts, deadline).moves).toEqual(['ENDED']);
  });

  it('aborts without blame when no task could be handed over', () => {
    const facts = round('STARTED', participant('a'), participant('b'));
    const plan = planRound(facts, deadline);
    expect(outcomes(facts, deadline)).toEqual({ a: 'EXCUSED not_enqueued', b: 'EXCUSED not_enqueued' });
    expect(plan).toMatchObject({ moves: ['ABORTED'], reason: { code: 'nobody_judged' }, cancel: ['a', 'b'] });
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
