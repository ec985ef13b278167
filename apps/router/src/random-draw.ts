import { randomBytes } from 'node:crypto';
import type { Draw } from './frozen-request.js';

/** Chance from the operating system. */
export const randomDraw: Draw = {
  // 53 bits: the top 53 of 64, so that every integer up to 2⁵³−1 is equally likely.
  seed: () => Number(randomBytes(8).readBigUInt64BE() >> 11n),
  salt: () => randomBytes(32).toString('hex'),
};
