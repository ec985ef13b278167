import { createHash } from 'node:crypto';
import { Fault, type InputOf, type sessionQueue } from '@ganglion/contracts';

export type CommitPart = InputOf<typeof sessionQueue.commit>;

/** In JSON a UTF-16 unit takes at most 3 bytes as UTF-8, or 2 as a quote: 480 kB at most in one message. */
const PART_UNITS = 160_000;
const MOST_PARTS = 64;

/**
 * Splits a reveal into numbered parts, each with the SHA-256 of the whole in UTF-8. Parts end between characters.
 * @throws Fault `TOO_LARGE` when 64 parts do not hold it
 */
export const splitCommit = (
  text: string,
  { taskId, attempt }: { taskId: string; attempt: number },
  partUnits = PART_UNITS,
): CommitPart[] => {
  const digest = createHash('sha256').update(text).digest('hex');
  const slices: string[] = [];
  for (let at = 0; at < text.length || slices.length === 0;) {
    const end = wholeCharacters(text, at + partUnits);
    slices.push(text.slice(at, end));
    at = end;
  }
  if (slices.length > MOST_PARTS) {
    throw new Fault(
      'TOO_LARGE',
      `a commit of ${text.length} characters needs ${slices.length} of ${MOST_PARTS} parts`,
    );
  }
  return slices.map((data, part) => ({ taskId, attempt, part, parts: slices.length, digest, data }));
};

/** The end, or one unit before it when it would cut a surrogate pair. */
const wholeCharacters = (text: string, end: number): number => {
  if (end >= text.length) return text.length;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
};
