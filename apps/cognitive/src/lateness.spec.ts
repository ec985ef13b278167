import { type FrozenRequest, HELD_REVEAL_MS, type RequestShape } from '@ganglion/contracts';
import { patienceOf, PHASE_MS } from './patience.js';
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
  told,
} from './round.fixture.js';
import { HELD_UP_MS, type Word } from './word.js';

describe('a participant that is late', () => {
  it('asks the queue before it blames anybody for being late', () => {
    const slow = participant('c', { isEnqueued: true, hasStarted: true });
    const facts = round('PRECOMMITTING', precommitted('a'), enqueued('b'), slow);
    expect(planRound(facts, after(PHASE_MS - 1)).inquire).toEqual([]);
    expect(planRound(facts, deadline)).toMatchObject({ judgements: [], moves: [], inquire: ['b', 'c'] });
    const toldOfOne = told(facts, { b: 'late' });
    expect(outcomes(toldOfOne, deadline)).toEqual({ b: 'FAILED start_late' });
    expect(planRound(toldOfOne, deadline)).toMatchObject({ moves: [], inquire: ['c'] });
    const unrevealed = round('COMMITTING', committed('a', { committedAt: null, correct: null }));
    expect(planRound(unrevealed, deadline)).toMatchObject({ judgements: [], inquire: ['a'] });
  });

  it('excuses whom the network itself held up', () => {
    const waiting = round('PRECOMMITTING', enqueued('a'), enqueued('b'));
    const heldUp = told(waiting, { a: 'unknown', b: 'unasked' });
    expect(outcomes(heldUp, deadline)).toEqual({ a: 'EXCUSED queue_away', b: 'EXCUSED not_offered' });
    expect(planRound(heldUp, deadline).moves).toEqual(['ABORTED']);
    const owing = committed('a', { committedAt: null, correct: null });
    const late = (word: Word) => outcomes(told(round('COMMITTING', owing), { a: word }), deadline);
    expect(late('unknown')).toEqual({ a: 'EXCUSED queue_away' });
    expect(late('answered')).toEqual({ a: 'EXCUSED not_validated' });
    expect(late('bound')).toEqual({ a: 'FAILED commit_late' });
  });

  it('is waited for no longer than the queue holds what the others have', () => {
    const long = { messages: [], choices: 8, sampling: { maxTokens: 4_096 } } as unknown as RequestShape;
    const request = { prompt: { text: 'x'.repeat(100_000) }, ...long } as unknown as FrozenRequest;
    const longestMs = patienceOf('PRECOMMITTING', [request, request], long);
    expect(longestMs).toBeGreaterThan(PHASE_MS);
    expect(longestMs + HELD_UP_MS).toBeLessThan(HELD_REVEAL_MS);
  });

  it('fails the silent at the deadline and goes on with the others', () => {
    const facts = told(
      round(
        'PRECOMMITTING',
        precommitted('a'),
        enqueued('b'),
        participant('c', { isEnqueued: true, hasStarted: true }),
      ),
      { b: 'late', c: 'late' },
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

  it('ends when everybody was silent', () => {
    expect(planRound(told(round('PRECOMMITTING', enqueued('a')), { a: 'late' }), deadline)).toMatchObject({
      moves: ['ENDED'],
      reason: null,
    });
  });

  it('blames a node that did not reveal, but not one that was never asked to', () => {
    const owing = committed('a', { committedAt: null, correct: null });
    const facts = told(round('COMMITTING', owing, precommitted('b')), { a: 'bound' });
    expect(outcomes(facts, deadline)).toEqual({ a: 'FAILED commit_late', b: 'EXCUSED not_revealed' });
    expect(planRound(facts, deadline).moves).toEqual(['ENDED']);
  });

  it('aborts without blame when no task could be handed over', () => {
    const facts = round('STARTED', participant('a'), participant('b'));
    const plan = planRound(facts, deadline);
    expect(outcomes(facts, deadline)).toEqual({ a: 'EXCUSED not_enqueued', b: 'EXCUSED not_enqueued' });
    expect(plan).toMatchObject({ moves: ['ABORTED'], reason: { code: 'nobody_judged' }, cancel: ['a', 'b'] });
  });
});
