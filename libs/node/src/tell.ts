import { Fault, type InputOf, type NodeRequest } from '@ganglion/contracts';
import { backOff } from './back-off.js';
import type { NodeClock } from './clock.js';
import type { Link } from './link.js';

/** What was found is told this often at most, while nobody can hear it. */
const TELLS = 5;

export interface TellOptions {
  readonly link: Pick<Link, 'ask'>;
  readonly clock: NodeClock;
  /** Nobody insists after an abort. */
  readonly signal: AbortSignal;
}

/**
 * Tells a module something that it is waiting for, again and again while it cannot hear it.
 * @returns why it was not taken; null when it was
 */
export const tell = async <R extends NodeRequest>(
  message: R,
  found: InputOf<R>,
  { link, clock, signal }: TellOptions,
): Promise<string | null> => {
  for (let tells = 1; ; tells++) {
    try {
      await link.ask(message, found);
      return null;
    } catch (error) {
      const isDeaf = error instanceof Fault && (error.code === 'UNAVAILABLE' || error.code === 'INTERNAL');
      if (!isDeaf || tells === TELLS || signal.aborted)
        return error instanceof Error ? error.message : String(error);
      await clock.sleep(backOff(tells), signal);
    }
  }
};
