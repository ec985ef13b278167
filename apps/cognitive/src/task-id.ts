import { randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/** A router makes a task's id first, and a session says when it was submitted so much later, in ms. */
const MOST_ON_THE_WAY_MS = 8;

/** An id for a task of a test that is submitted at `at`: as a router makes them, from the time at which it was asked. */
export const drawTaskId = (at: Date): string =>
  v7({ msecs: at.getTime() - 1 - randomInt(MOST_ON_THE_WAY_MS) });
