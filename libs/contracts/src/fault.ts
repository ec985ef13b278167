import { z } from 'zod';

/** Every expected failure has one of these codes; anything else is a bug and is answered `INTERNAL`. */
export const faultCodes = [
  'INVALID', // the input is wrong: the message names the field and the remedy
  'UNAUTHENTICATED', // who are you?
  'FORBIDDEN', // known, but not allowed
  'NOT_FOUND',
  'CONFLICT', // the state does not allow it (lost a compare-and-set, wrong state)
  'IMPOSSIBLE', // can never succeed as asked (more nodes than exist, unknown model)
  'UNAVAILABLE', // no capacity, or a module does not answer: try again later
  'BUSY', // a miner has no free slot
  'EXPIRED', // too late
  'STALE', // an old epoch, attempt or nonce
  'LIMITED', // rate, concurrency or quota
  'TOO_LARGE',
  'REJECTED', // a commitment that does not hold
  'INTERNAL',
] as const;

export type FaultCode = (typeof faultCodes)[number];

export const faultBody = z.object({
  code: z.enum(faultCodes),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type FaultBody = z.infer<typeof faultBody>;

const LONGEST_EXCERPT = 256;
/** What a sender wrote, as far as a message about it may repeat it: a megabyte of names must not come back as one. */
export const excerpt = (text: string): string =>
  text.length <= LONGEST_EXCERPT
    ? text
    : `${text.slice(0, LONGEST_EXCERPT).replace(/[\ud800-\udbff]$/, '')}…`;

/** The one error class: thrown where an expected failure is known, carried over the wire as `{code, message, details}`. */
export class Fault extends Error {
  constructor(
    readonly code: FaultCode,
    message: string,
    readonly details?: Record<string, unknown>,
  ) {
    super(message);
    this.name = 'Fault';
  }

  toBody(): FaultBody {
    return { code: this.code, message: this.message, ...(this.details ? { details: this.details } : {}) };
  }

  static fromBody(body: FaultBody): Fault {
    return new Fault(body.code, body.message, body.details);
  }

  /** An `INVALID` fault that names the first wrong field of a failed parse. */
  static fromZod(error: z.ZodError, where: string): Fault {
    const issues = error.issues.slice(0, 8).map(({ path, message }) => ({
      field: excerpt(path.map(String).join('.')),
      message: excerpt(message),
    }));
    const { field, message } = issues[0] ?? { field: '', message: 'invalid' };
    return new Fault('INVALID', `${field === '' ? where : field}: ${message}`, { field, where, issues });
  }
}
