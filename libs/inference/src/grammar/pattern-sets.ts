import { characterEdges, type CodePoints, complement } from './byte-sequences.js';
import { BACKSLASH, PLAIN } from './json-strings.js';
import type { Edge, ProgramBuilder } from './program.js';

/** The sets of characters that regular expressions have a letter for (ECMA-262), as ordered ranges. */
const NAMED: Record<string, readonly CodePoints[]> = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  s: [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ],
};

/** The set of `\d`, `\W` and so on; undefined when the letter names none. */
export function namedSet(letter: string): readonly CodePoints[] | undefined {
  const set = Object.hasOwn(NAMED, letter.toLowerCase()) ? NAMED[letter.toLowerCase()]! : undefined;
  return set === undefined || letter === letter.toLowerCase() ? set : complement(set);
}

/** What `.` matches. */
export const DOT = complement([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);

/** Characters that JSON writes with a backslash, and the letter after it. */
const SHORT: readonly (readonly [codePoint: number, letter: string])[] = [
  [0x22, '"'],
  [0x5c, '\\'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
];

/**
 * One character of a set as it stands in a JSON string, in one way only: itself, or escaped where it must be. Control
 * characters without a short escape are left out.
 * @returns from what follows, where it begins; undefined when nothing is left of the set
 */
export function setReader(
  program: ProgramBuilder,
  set: readonly CodePoints[],
): ((next: number) => number) | undefined {
  const plain = complement([...complement(set), ...complement(PLAIN)]);
  const letters = SHORT.filter(([codePoint]) =>
    set.some(([first, last]) => first <= codePoint && codePoint <= last),
  ).map(([, letter]) => letter.charCodeAt(0));
  if (plain.length === 0 && letters.length === 0) return undefined;
  return (next) => {
    const edges = characterEdges(program, plain, next);
    const escaped = letters.map((letter): Edge => [letter, letter, next]);
    if (escaped.length > 0) edges.push([BACKSLASH, BACKSLASH, program.read(escaped)]);
    return program.read(edges);
  };
}
