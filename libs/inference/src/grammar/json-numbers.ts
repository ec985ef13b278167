import { decimals } from './byte-sequences.js';
import type { ProgramBuilder } from './program.js';

/** Fifteen digits: every such integer is a double, and is read back as it was written. */
export const LARGEST = 10 ** 15 - 1;
const MOST_FRACTION_DIGITS = 15;
const DIGITS = [0x30, 0x39] as const;

/** Both ends included; integers. */
export interface Bounds {
  low: number;
  high: number;
}

export const UNBOUNDED: Bounds = { low: -LARGEST, high: LARGEST };

/** Integers of a range, of at most 15 digits. @returns where they may begin, none for an empty range */
export function integers(program: ProgramBuilder, { low, high }: Bounds, next: number): number[] {
  const entries = high < 0 ? [] : decimals(program, Math.max(low, 0), high, next);
  if (low >= 0) return entries;
  const negative = decimals(program, Math.max(-high, 0), -low, next);
  return negative.length === 0 ? entries : [...entries, program.literal('-', program.choose(...negative))];
}

/**
 * Numbers of a range: at most 15 digits before the point and 15 after it; an exponent, of at most two digits, only
 * where there are no bounds.
 */
export function numbers(program: ProgramBuilder, { low, high }: Bounds, next: number): number[] {
  const isUnbounded = low === UNBOUNDED.low && high === UNBOUNDED.high;
  const end = isUnbounded ? program.choose(next, exponent(program, next)) : next;
  const fraction = program.literal('.', digits(program, MOST_FRACTION_DIGITS, end));
  if (isUnbounded) return integers(program, UNBOUNDED, program.choose(end, fraction));
  // What follows the point leads away from zero, so the whole part must leave room for it.
  const positive = high < 1 ? [] : integers(program, { low: Math.max(low, 0), high: high - 1 }, fraction);
  const negative = low > -1 ? [] : decimals(program, Math.max(-high, 0), -low - 1, fraction);
  const minus = negative.length === 0 ? [] : [program.literal('-', program.choose(...negative))];
  return [...integers(program, { low, high }, next), ...positive, ...minus];
}

function exponent(program: ProgramBuilder, next: number): number {
  const power = digits(program, 2, next);
  const signed = program.choose(
    power,
    program.read([
      [0x2b, 0x2b, power],
      [0x2d, 0x2d, power],
    ]),
  );
  return program.read([
    [0x65, 0x65, signed],
    [0x45, 0x45, signed],
  ]);
}

/** One digit or more, up to `most`. */
function digits(program: ProgramBuilder, most: number, next: number): number {
  let entry = program.read([[...DIGITS, next]]);
  for (let count = 1; count < most; count++) {
    entry = program.read([[...DIGITS, program.choose(next, entry)]]);
  }
  return entry;
}
