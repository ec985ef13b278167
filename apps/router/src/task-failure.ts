import { type FailedEvent, Fault, type Reason } from '@ganglion/contracts';
import { answerFault } from './error-body.js';

export interface Failure {
  readonly state: 'FAILED' | 'EXPIRED' | 'CANCELLED';
  readonly reason: Reason;
}

/**
 * The fault a failed task is to its client. The reason's code stays visible as the error's `code`. A request that
 * miners refuse as such is the client's to change (400); all else is the network's.
 */
export const faultOfFailure = ({ state, reason }: Failure): Fault => {
  const code = reason.code.toLowerCase();
  const details = { reason: code };
  if (state === 'EXPIRED') return new Fault('UNAVAILABLE', reason.message, { ...details, status: 504 });
  if (state === 'CANCELLED') return new Fault('CONFLICT', reason.message, details);
  if (code.startsWith('invalid') || code === 'too_long') return new Fault('INVALID', reason.message, details);
  if (code === 'unavailable' || code === 'busy' || code === 'no_nodes' || code === 'starved')
    return new Fault('UNAVAILABLE', reason.message, details);
  return new Fault('REJECTED', reason.message, details);
};

/** The event a client hears when its task fails. */
export const failedEventOf = (taskId: string, failure: Failure): FailedEvent => ({
  taskId,
  ...failure,
  error: answerFault(faultOfFailure(failure)).body.error,
});
