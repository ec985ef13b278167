/**
 * How a prompt is cut into runs. The cut depends on the prompt's length alone, never on what else a node has to do:
 * kernels round differently for different numbers of tokens, and a request must give the same bits whenever it is run.
 */

/** Tokens of a run. Long enough for the kernels, short enough that answers under way hardly wait. */
export const CHUNK = 64;

/** A rest shorter than this joins the run before it: it would cost almost as much as a whole one. */
const SHORTEST_RUN = 16;

/** The most tokens that one run may have. */
export const LONGEST_RUN = CHUNK + SHORTEST_RUN - 1;

/**
 * Where the run that begins at `from` ends.
 * @param length of the prompt, in tokens
 * @param from 0, or the end of the run before
 */
export function runEnd(length: number, from: number): number {
  return isRunEnd(length, from + CHUNK) ? from + CHUNK : length;
}

/** The longest beginning of two prompts whose attention state is, to the bit, the same in both. */
export function sharedPrefix(one: readonly number[], other: readonly number[]): number {
  let end = 0;
  while (isRunEnd(one.length, end + CHUNK) && isRunEnd(other.length, end + CHUNK)) {
    for (let at = end; at < end + CHUNK; at++) if (one[at] !== other[at]) return end;
    end += CHUNK;
  }
  return end;
}

/** The longest end of whole runs within the first `computed` tokens. */
export function lastRunEnd(computed: number): number {
  return computed - (computed % CHUNK);
}

/** Does a run of a prompt of `length` tokens end at `end`, a multiple of CHUNK, and leave some for another? */
function isRunEnd(length: number, end: number): boolean {
  return length - end >= SHORTEST_RUN;
}
