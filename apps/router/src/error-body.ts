import { type ErrorBody, excerpt, Fault, type FaultCode } from '@ganglion/contracts';

interface Meaning {
  readonly status: number;
  /** OpenAI's error type. */
  readonly type: string;
  /** OpenAI-like code, unless the fault's details say a finer one. */
  readonly code: string | null;
  readonly retryAfterSeconds?: number;
}

/** What each fault is over HTTP. */
const meanings: Readonly<Record<FaultCode, Meaning>> = {
  INVALID: { status: 400, type: 'invalid_request_error', code: 'invalid_value' },
  UNAUTHENTICATED: { status: 401, type: 'authentication_error', code: 'unauthenticated' },
  FORBIDDEN: { status: 403, type: 'permission_error', code: 'insufficient_permissions' },
  NOT_FOUND: { status: 404, type: 'invalid_request_error', code: 'not_found' },
  CONFLICT: { status: 409, type: 'invalid_request_error', code: 'conflict' },
  IMPOSSIBLE: { status: 400, type: 'invalid_request_error', code: 'impossible' },
  UNAVAILABLE: { status: 503, type: 'server_error', code: 'unavailable', retryAfterSeconds: 2 },
  BUSY: { status: 503, type: 'server_error', code: 'busy', retryAfterSeconds: 2 },
  EXPIRED: { status: 410, type: 'invalid_request_error', code: 'expired' },
  STALE: { status: 409, type: 'invalid_request_error', code: 'stale' },
  LIMITED: { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded', retryAfterSeconds: 5 },
  TOO_LARGE: { status: 413, type: 'invalid_request_error', code: 'too_large' },
  REJECTED: { status: 502, type: 'server_error', code: 'answer_rejected' },
  INTERNAL: { status: 500, type: 'server_error', code: 'internal_error' },
};

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  readonly retryAfterSeconds?: number;
}

/**
 * A fault as its HTTP answer. Heeded details: `field` (→ `param`), `reason` (→ `code`), `status`, `retryAfterSeconds`.
 * Module and subject names in other details stay inside.
 */
export const answerFault = (fault: Fault): ErrorAnswer => {
  if (isForeignReply(fault)) return answerFault(new Fault('INTERNAL', fault.message));
  const meaning = meanings[fault.code];
  const { field, reason, status, retryAfterSeconds } = fault.details ?? {};
  const wait = typeof retryAfterSeconds === 'number' ? retryAfterSeconds : meaning.retryAfterSeconds;
  return {
    status: isErrorStatus(status) ? status : meaning.status,
    body: {
      error: {
        message: messageOf(fault),
        type: meaning.type,
        param: typeof field === 'string' && field !== '' ? field : null,
        code: isCode(reason) ? reason : meaning.code,
      },
    },
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  };
};

const isErrorStatus = (value: unknown): value is number =>
  typeof value === 'number' && value >= 400 && value < 600;

/** A word for machines; a sentence in a fault's details is not one. */
const isCode = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(value);

/** A module's reply that is not what its contract says is our bug, not the client's. */
export const isForeignReply = ({ code, details }: Fault): boolean =>
  code === 'INVALID' && typeof details?.['where'] === 'string' && details['where'].startsWith('_INBOX.');

/** Nobody outside can do anything with a subject's name; "nobody answers req.…" is told as what to do. */
const messageOf = ({ code, message }: Fault): string => {
  if (code === 'INTERNAL')
    return 'something went wrong on our side: try again, and tell us the request id if it stays';
  if (/\breq\.[a-z-]+\.[a-z-]+\b/.test(message))
    return 'a part of the network does not answer at the moment: try again in a few seconds';
  return message;
};

/** Faults for what the HTTP layer itself refuses, by status. */
export const faultOfStatus = (status: number, message: string): Fault => {
  switch (status) {
    case 404:
      return new Fault('NOT_FOUND', message, { reason: 'unknown_url' });
    case 405:
      return new Fault('INVALID', message, { status, reason: 'method_not_allowed' });
    case 413:
      return new Fault('TOO_LARGE', 'the body is larger than 2 MB: send less');
    case 414:
      return new Fault('INVALID', 'the address is too long: send what is long in the body', {
        status,
        reason: 'uri_too_long',
      });
    case 415:
      return new Fault(
        'INVALID',
        'the body must be JSON, not compressed: send Content-Type: application/json and no Content-Encoding',
        {
          status,
          reason: 'unsupported_media_type',
        },
      );
    default:
      if (status >= 500) return new Fault('INTERNAL', message);
      return new Fault('INVALID', excerpt(message), { status, reason: 'bad_request' });
  }
};
