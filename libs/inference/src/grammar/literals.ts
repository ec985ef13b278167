import type { ProgramBuilder } from './program.js';

/** One of several texts, where beginnings that they share are read once. @returns where it begins */
export function literals(program: ProgramBuilder, texts: readonly string[], next: number): number {
  const bytes = [...new Set(texts)].map((text) => new TextEncoder().encode(text));
  return branch(program, bytes, next);
}

function branch(program: ProgramBuilder, texts: readonly Uint8Array[], next: number): number {
  const first = texts[0]!;
  let shared = 0;
  while (shared < first.length && texts.every((text) => text[shared] === first[shared])) shared++;
  const tails = texts.map((text) => text.subarray(shared));
  const groups = new Map<number, Uint8Array[]>();
  for (const tail of tails) {
    if (tail.length === 0) continue;
    const group = groups.get(tail[0]!);
    if (group === undefined) groups.set(tail[0]!, [tail.subarray(1)]);
    else group.push(tail.subarray(1));
  }
  const edges = [...groups].map(([byte, rest]) => [byte, byte, branch(program, rest, next)] as const);
  const ends = tails.some((tail) => tail.length === 0) ? [next] : [];
  const rest = edges.length === 0 ? next : program.choose(program.read(edges), ...ends);
  return program.literal(first.subarray(0, shared), rest);
}
