import { z } from 'zod';
import { overviewView } from './admin.js';
import { positiveInt, timestamp } from './value.js';

/** Figures of the tasks that ended from `from` on and before `to`, also in steps of `bucketSeconds`. */
export const figuresSearch = {
  input: z.strictObject({ from: timestamp, to: timestamp, bucketSeconds: positiveInt }),
  output: overviewView.pick({
    tasks: true,
    ended: true,
    ttftMs: true,
    queueWaitMs: true,
    series: true,
    failures: true,
  }),
};
