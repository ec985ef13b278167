import { Fault } from '@ganglion/contracts';
import {
  noteCancelled,
  noteEnqueued,
  noteFailed,
  noteFinalised,
  noteBound,
  noteRevealing,
  noteTimed,
} from './note.js';

const taskId = '01890000-0000-7000-8000-000000000001';
const nodeId = `U${'A'.repeat(55)}`;
const at = '2030-01-01T00:00:00.000Z';
const ended = { taskId, sessionId: null, owner: null, at, promptTokens: 1, completionTokens: 1 };
const waiting = [{ taskId, isServing: false }];
const phases = (handed: readonly { phase: string; accepted: boolean }[]): string[] =>
  handed.map(({ phase, accepted }) => `${phase}${accepted ? '' : ' refused'}`);

describe('news of a participant', () => {
  it('counts as started whoever precommitted', () => {
    const note = noteBound(taskId);
    expect(phases(note.handed)).toEqual(['START', 'PRECOMMIT']);
  });

  it('needs no news of the precommit when the answer is there', () => {
    const note = noteFinalised(
      { ...ended, verdict: 'accepted' as const, nodeIds: [nodeId], receipt: null, texts: [' 4\n'] },
      { answer: '4' },
    );
    expect(phases(note.handed)).toEqual(['START', 'PRECOMMIT', 'COMMIT']);
    expect(note.correct).toBe(true);
  });

  it.each([[['5']], [['4.']], [['']], [[]], [['four']]])('finds %j wrong where 4 is expected', (texts) => {
    expect(
      noteFinalised(
        { ...ended, verdict: 'accepted' as const, nodeIds: [nodeId], receipt: null, texts },
        { answer: '4' },
      ).correct,
    ).toBe(false);
  });

  it('blames the node for an answer that was refused', () => {
    const reason = { code: 'answer_rejected', message: 'the evidence does not hash' };
    const note = noteFailed({ ...ended, state: 'FAILED', reason }, waiting);
    expect(note.judgement).toEqual({ taskId, outcome: 'FAILED', reason });
    expect(phases(note.handed)).toEqual(['COMMIT refused']);
  });

  it('does not blame the node for a request that could not run', () => {
    const reason = { code: 'invalid_request', message: 'the prompt is too long' };
    expect(noteFailed({ ...ended, state: 'FAILED', reason }, waiting).judgement?.outcome).toBe('EXCUSED');
  });

  it.each([
    ['answer_rejected', 'FAILED', 'FAILED'],
    ['busy', 'FAILED', 'EXCUSED'],
    ['miner_lost', 'FAILED', 'EXCUSED'],
    ['expired', 'EXCUSED', 'EXCUSED'],
  ])('finds a node that waits for its test %s: %s, and one that was serving %s', (code, idle, serving) => {
    const fact = { ...ended, state: 'FAILED' as const, reason: { code, message: 'as the queue says' } };
    const outcomeOf = (isServing: boolean) =>
      noteFailed(fact, [
        { taskId: 'another', isServing: !isServing },
        { taskId, isServing },
      ]).judgement?.outcome;
    expect([outcomeOf(false), outcomeOf(true)]).toEqual([idle, serving]);
  });

  it('does not blame the node for a cancelled test', () => {
    const reason = { code: 'cancelled', message: 'by an operator' };
    expect(noteCancelled({ ...ended, reason }).judgement?.outcome).toBe('EXCUSED');
  });

  it('tries again when the queue was not reached, and excuses the node when the queue refused', () => {
    expect(noteEnqueued(taskId, { state: 'QUEUED' })).toMatchObject({ isEnqueued: true });
    expect(noteEnqueued(taskId, new Fault('UNAVAILABLE', 'nobody answers'))).toBeNull();
    expect(noteEnqueued(taskId, new Fault('NOT_FOUND', 'no such node'))?.judgement?.outcome).toBe('EXCUSED');
    expect(() => noteEnqueued(taskId, new TypeError('a bug'))).toThrow('a bug');
  });

  it('asks again for a reveal that was not taken', () => {
    expect(noteRevealing(taskId, { state: 'REVEALING' })).toMatchObject({ isRevealing: true });
    expect(noteRevealing(taskId, new Fault('CONFLICT', 'not precommitted'))).toBeNull();
  });

  it('counts a node as started when the oracle saw its first token', () => {
    const measured = { ttftMs: 12, tokensPerSecond: null, durationMs: null };
    expect(phases(noteTimed({ epoch: 1, taskId, nodeId, measured }).handed)).toEqual(['START']);
    expect(noteTimed({ epoch: 1, taskId, nodeId, measured: { ...measured, ttftMs: null } }).handed).toEqual(
      [],
    );
  });
});
