import { characterEdges, type CodePoints, complement, LAST_CODE_POINT } from './byte-sequences.js';
import type { Edge, ProgramBuilder } from './program.js';

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;

/** Characters that stand for themselves in a JSON string (RFC 8259, `unescaped`). */
export const PLAIN: readonly CodePoints[] = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, LAST_CODE_POINT],
];

type Bytes = readonly (readonly [number, number])[];

const letter = (text: string): Bytes => [...text].map((c) => [c.charCodeAt(0), c.charCodeAt(0)] as const);
const DIGIT: Bytes = [[0x30, 0x39]];
const HEX: Bytes = [...DIGIT, [0x41, 0x46], [0x61, 0x66]];

/** Bytes of the sets, one after the other. */
function sequence(program: ProgramBuilder, sets: readonly Bytes[], next: number): number {
  let entry = next;
  for (const set of sets.toReversed()) entry = program.read(set.map(([low, high]) => [low, high, entry]));
  return entry;
}

/** What follows a backslash. Halves of a surrogate pair come together: one character in two escapes. */
function escapes(program: ProgramBuilder, next: number): number {
  const low = sequence(
    program,
    [letter('\\'), letter('u'), letter('dD'), letter('cdefCDEF'), HEX, HEX],
    next,
  );
  const basic = sequence(program, [[...DIGIT, ...letter('abcefABCEF')], HEX, HEX, HEX], next);
  const belowSurrogates = sequence(program, [letter('dD'), [[0x30, 0x37]], HEX, HEX], next);
  const pair = sequence(program, [letter('dD'), letter('89abAB'), HEX, HEX], low);
  const code = program.choose(basic, belowSurrogates, pair);
  const simple: Edge[] = letter('"\\/bfnrt').map(([low_, high]) => [low_, high, next]);
  return program.read([...simple, [0x75, 0x75, code]]);
}

/** One character of a string, itself or escaped. */
export function character(program: ProgramBuilder, next: number): number {
  const escape: Edge = [BACKSLASH, BACKSLASH, escapes(program, next)];
  return program.read([...characterEdges(program, PLAIN, next), escape]);
}

/** A string of any length, with its quotes. */
export function anyString(program: ProgramBuilder, next: number): number {
  const close = program.literal('"', next);
  return program.literal(
    '"',
    program.loop((itself) => [close, program.free(character(program, itself), Infinity)]),
  );
}

/**
 * A string of so many characters (code points), with its quotes.
 * @param one the rule of one character, whose first node is noted as free for one
 * @param most Infinity for no limit
 */
export function countedString(
  program: ProgramBuilder,
  one: number,
  { least, most }: { least: number; most: number },
): number {
  const close = program.literal('"', program.end);
  let entry = close;
  let free = most - least;
  if (most === Infinity)
    entry = program.free(
      program.loop((itself) => [close, program.enter(one, itself)]),
      free,
    );
  else {
    for (let count = 1; count <= free; count++) {
      entry = program.free(program.choose(close, program.enter(one, entry)), count);
    }
  }
  for (let count = 0; count < least; count++) entry = program.free(program.enter(one, entry), ++free);
  return program.literal('"', entry);
}

/**
 * A member's name in its quotes, any but those given. Written without escapes, so that the bytes say what the name is.
 */
export function otherName(program: ProgramBuilder, names: readonly string[], next: number): number {
  const close: Edge = [QUOTE, QUOTE, next];
  const anything = program.loop((itself) => [
    program.free(program.read([close, ...characterEdges(program, PLAIN, itself)]), Infinity),
  ]);
  const beyondAscii = characterEdges(program, [[0x80, LAST_CODE_POINT]], anything);
  const after = (rests: readonly string[]): number => {
    const groups = byFirst(rests);
    const met = [...groups.keys()].map((codePoint): CodePoints => [codePoint, codePoint]);
    const different = complement([...complement(PLAIN), ...met]);
    const isAsciiOnly = [...groups.keys()].every((codePoint) => codePoint < 0x80);
    const ascii = different.map(([first, last]): CodePoints => [first, Math.min(last, 0x7f)]);
    const others = isAsciiOnly
      ? [...characterEdges(program, ascii, anything), ...beyondAscii]
      : characterEdges(program, different, anything);
    const branches = [program.read(rests.includes('') ? others : [close, ...others])];
    for (const [codePoint, tails] of groups) {
      branches.push(program.read(characterEdges(program, [[codePoint, codePoint]], after(tails))));
    }
    return program.choose(...branches);
  };
  // A name that cannot be written without escapes cannot be met here either.
  const plain = names.filter((name) => !/[\u0000-\u001f"\\]|\p{Surrogate}/u.test(name));
  return program.literal('"', plain.length === 0 ? anything : after(plain));
}

/** What follows the first character of each text, by that character; empty texts are left out. */
function byFirst(texts: readonly string[]): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const text of texts) {
    const first = text.codePointAt(0);
    if (first === undefined) continue;
    const tail = text.slice(first > 0xffff ? 2 : 1);
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [tail]);
    else group.push(tail);
  }
  return groups;
}
