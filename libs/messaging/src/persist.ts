import { setTimeout as delay } from 'node:timers/promises';
import { backOffMs } from './back-off.js';

export interface Persistence {
  /** Told of every failure that is followed by another try. */
  failed: (error: unknown, tries: number) => void;
  /** Errors that another try cannot mend are thrown; without it, none is. */
  mayPass?: (error: unknown) => boolean;
}

const BACK_OFF = { firstMs: 200, mostMs: 3_000 };

/** Repeats what a start needs, with jittered back-off, until it succeeds: servers may come later than their services. */
export const persist = async <T>(
  work: () => Promise<T>,
  { failed, mayPass = () => true }: Persistence,
): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error)) throw error;
      failed(error, tries);
      await delay(backOffMs(tries, BACK_OFF));
    }
  }
};
