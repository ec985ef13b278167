import type { TaskView } from '@ganglion/contracts';

export interface Milestone {
  readonly name: string;
  /** Since the task was submitted, in milliseconds; null: not reached. */
  readonly afterMs: number | null;
}

/** What every answer passes, in this order; times of the attempt that was accepted, or else of the latest one. */
export const milestonesOf = ({ submittedAt, history, attempts, state }: TaskView): Milestone[] => {
  const begin = Date.parse(submittedAt);
  const chosen =
    attempts.find((attempt) => attempt.state === 'ACCEPTED' && !attempt.silent) ??
    attempts.findLast((attempt) => !attempt.silent) ??
    attempts.at(-1);
  const since = (at: string | undefined): number | null => (at === undefined ? null : Date.parse(at) - begin);
  const ofTask = (wanted: string) => since(history.find((entry) => entry.state === wanted)?.at);
  const ofAttempt = (wanted: string) => since(chosen?.history.find((entry) => entry.state === wanted)?.at);
  return [
    { name: 'queued', afterMs: since(history[0]?.at) },
    { name: 'dispatched', afterMs: ofTask('DISPATCHED') },
    { name: 'first token', afterMs: ofAttempt('STREAMING') },
    { name: 'precommit', afterMs: ofAttempt('PRECOMMITTED') },
    { name: 'commit', afterMs: ofAttempt('COMMITTED') },
    {
      name: 'final',
      afterMs: ['FINALISED', 'CANCELLED', 'FAILED', 'EXPIRED'].includes(state) ? ofTask(state) : null,
    },
  ];
};
