import { Fault, faultCodes } from '@ganglion/contracts';
import { answerFault, faultOfStatus } from './error-body.js';
import { faultOfFailure } from './task-failure.js';

describe('answerFault', () => {
  it.each(faultCodes)('answers %s in the shape of OpenAI', (code) => {
    const { status, body } = answerFault(new Fault(code, 'what was wrong'));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type']);
  });

  it('says when to come again, where that helps', () => {
    expect(answerFault(new Fault('LIMITED', 'slow down')).retryAfterSeconds).toBeGreaterThan(0);
    expect(answerFault(new Fault('UNAVAILABLE', 'later')).retryAfterSeconds).toBeGreaterThan(0);
    expect(answerFault(new Fault('LIMITED', 'x', { retryAfterSeconds: 30 })).retryAfterSeconds).toBe(30);
    expect(answerFault(new Fault('INVALID', 'no')).retryAfterSeconds).toBeUndefined();
  });

  it('keeps inner names and bugs inside', () => {
    expect(
      answerFault(new Fault('UNAVAILABLE', 'nobody answers req.session.submit')).body.error.message,
    ).not.toMatch(/req\./);
    expect(answerFault(new Fault('INTERNAL', 'column "x" does not exist')).body.error.message).not.toMatch(
      /column/,
    );
  });

  it.each([
    [413, 413, 'too_large'],
    [415, 415, 'unsupported_media_type'],
    [404, 404, 'unknown_url'],
    [400, 400, 'bad_request'],
    [500, 500, 'internal_error'],
  ])('answers what the HTTP layer refuses with %d', (given, status, code) => {
    expect(answerFault(faultOfStatus(given, 'x'))).toMatchObject({ status, body: { error: { code } } });
  });
});

describe('faultOfFailure', () => {
  it.each([
    ['FAILED', 'invalid_request', 400],
    ['FAILED', 'too_long', 400],
    ['FAILED', 'answer_rejected', 502],
    ['FAILED', 'stream_lost', 502],
    ['FAILED', 'unavailable', 503],
    ['EXPIRED', 'expired', 504],
    ['CANCELLED', 'client_cancelled', 409],
  ] as const)('tells a task that is %s with %s as %d, keeping the code', (state, code, status) => {
    const answer = answerFault(faultOfFailure({ state, reason: { code, message: 'why' } }));
    expect(answer).toMatchObject({ status, body: { error: { code, message: 'why' } } });
  });
});
