import type { Edge, ProgramBuilder } from './program.js';

/** Byte strings of one length, from `low` to `high` in their order. */
interface Span {
  low: readonly number[];
  high: readonly number[];
  /** What every byte but the first may be. */
  rest: { least: number; most: number };
}

/** The edges of the first byte for exactly the strings of a span; all of them end at `next`. */
function spanEdges(program: ProgramBuilder, { low, high, rest }: Span, next: number): Edge[] {
  const [first, last] = [low[0]!, high[0]!];
  if (low.length === 1) return [[first, last, next]];
  const after = (from: readonly number[], to: readonly number[]): number =>
    program.read(spanEdges(program, { low: from, high: to, rest }, next));
  const [lowTail, highTail] = [low.slice(1), high.slice(1)];
  if (first === last) return [[first, first, after(lowTail, highTail)]];
  const least = lowTail.map(() => rest.least);
  const most = highTail.map(() => rest.most);
  const edges: Edge[] = [];
  let [from, to] = [first, last];
  if (lowTail.some((byte) => byte !== rest.least)) edges.push([from, from++, after(lowTail, most)]);
  if (highTail.some((byte) => byte !== rest.most)) edges.push([to, to--, after(least, highTail)]);
  if (from <= to) edges.push([from, to, after(least, most)]);
  return edges;
}

/** Code points from the first to the last, both included. */
export type CodePoints = readonly [first: number, last: number];

export const LAST_CODE_POINT = 0x10ffff;

/** All characters but these. */
export function complement(ranges: readonly CodePoints[]): CodePoints[] {
  const rest: CodePoints[] = [];
  let next = 0;
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (first > next) rest.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= LAST_CODE_POINT) rest.push([next, LAST_CODE_POINT]);
  return rest;
}

/** Where UTF-8 gets a byte longer, and where the surrogates are, which it does not have. */
const BORDERS = [0, 0x80, 0x800, 0xd800, 0xe000, 0x10000, LAST_CODE_POINT + 1];
const CONTINUATION = { least: 0x80, most: 0xbf };

/** The edges of the first byte for the UTF-8 of any of these characters; surrogates are left out. */
export function characterEdges(program: ProgramBuilder, ranges: readonly CodePoints[], next: number): Edge[] {
  const edges: Edge[] = [];
  for (const [first, last] of ranges) {
    for (let at = 0; at + 1 < BORDERS.length; at++) {
      const from = Math.max(first, BORDERS[at]!);
      const to = Math.min(last, BORDERS[at + 1]! - 1);
      if (from > to || BORDERS[at] === 0xd800) continue;
      if (at === 0) {
        edges.push([from, to, next]);
        continue;
      }
      const span = { low: utf8(from), high: utf8(to), rest: CONTINUATION };
      edges.push(...spanEdges(program, span, next));
    }
  }
  return edges;
}

function utf8(codePoint: number): number[] {
  return [...new TextEncoder().encode(String.fromCodePoint(codePoint))];
}

const DIGIT = { least: 0x30, most: 0x39 };

/**
 * The whole numbers from `low` to `high`, both of 0 … 10^15 - 1, in decimal without leading zeros.
 * @returns the nodes they may begin at, one for each number of digits
 */
export function decimals(program: ProgramBuilder, low: number, high: number, next: number): number[] {
  const entries: number[] = [];
  for (let length = String(low).length; length <= String(high).length; length++) {
    const from = Math.max(low, length === 1 ? 0 : 10 ** (length - 1));
    const to = Math.min(high, 10 ** length - 1);
    if (from > to) continue;
    const span = { low: ascii(from), high: ascii(to), rest: DIGIT };
    entries.push(program.read(spanEdges(program, span, next)));
  }
  return entries;
}

function ascii(number: number): number[] {
  return [...String(number)].map((digit) => digit.charCodeAt(0));
}
