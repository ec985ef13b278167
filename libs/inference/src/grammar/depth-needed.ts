import { GrammarRefusal } from './grammar-refusal.js';
import type { Program, ProgramNode } from './program.js';

/** Arrays and objects inside one another. */
export const DEEPEST_DOCUMENT = 64;

/** Nobody gets to an end from here, or not within the depth. */
const NEVER = 255;

/**
 * For each node, how many arrays and objects must at least be open at once, beyond those around its rule, until the
 * rule ends; 255 when it cannot end within the depth. With it no path is taken that leads nowhere.
 * @throws GrammarRefusal for a schema that no document can satisfy, or that refers to itself without end
 */
export function depthNeeded(program: Program): Uint8Array {
  checkRecursion(program);
  const { nodes, rules, start } = program;
  const needed = new Uint8Array(nodes.length).fill(NEVER);
  const dependents = dependentsOf(program);
  const changed = nodes.flatMap((node, at) => (node.kind === 'end' ? [at] : []));
  for (const at of changed) needed[at] = 0;
  for (let at = changed.pop(); at !== undefined; at = changed.pop()) {
    for (const other of dependents[at]!) {
      const depth = depthOf(nodes[other]!, program, needed);
      if (depth >= needed[other]!) continue;
      needed[other] = depth;
      changed.push(other);
    }
  }
  if (needed[rules[start]!.entry]! <= DEEPEST_DOCUMENT) return needed;
  const problem = `can be satisfied by no document of at most ${DEEPEST_DOCUMENT} nested arrays and objects`;
  throw new GrammarRefusal('', `${problem}: let its recursion end`);
}

function depthOf(node: ProgramNode, { rules }: Program, needed: Uint8Array): number {
  let least = NEVER;
  if (node.kind === 'end') return 0;
  if (node.kind === 'enter') {
    const { entry, isContainer } = rules[node.rule]!;
    const inside = needed[entry]! + (isContainer ? 1 : 0);
    return Math.min(NEVER, Math.max(inside, needed[node.next]!));
  }
  if (node.kind === 'read') for (const [, , next] of node.edges) least = Math.min(least, needed[next]!);
  else for (const next of node.among) least = Math.min(least, needed[next]!);
  return least;
}

/** For each node those whose depth follows from its own. */
function dependentsOf({ nodes, rules }: Program): number[][] {
  const dependents = nodes.map((): number[] => []);
  for (const [at, node] of nodes.entries()) {
    if (node.kind === 'read') for (const [, , next] of node.edges) dependents[next]!.push(at);
    if (node.kind === 'choose') for (const next of node.among) dependents[next]!.push(at);
    if (node.kind === 'enter') dependents[node.next]!.push(at);
    if (node.kind === 'enter') dependents[rules[node.rule]!.entry]!.push(at);
  }
  return dependents;
}

/** A rule that enters itself before it has read anything would be entered for ever. */
function checkRecursion({ nodes, rules }: Program): void {
  const enteredFirst = rules.map(({ entry }) => {
    const found = new Set<number>();
    const seen = new Set([entry]);
    for (const at of seen) {
      const node = nodes[at]!;
      if (node.kind === 'enter') found.add(node.rule);
      if (node.kind === 'choose') for (const next of node.among) seen.add(next);
    }
    return found;
  });
  // Rules that enter none first are taken away until none is left, or only those that lie on a circle or before one.
  const enteredBy = rules.map((): number[] => []);
  for (const [rule, found] of enteredFirst.entries()) for (const one of found) enteredBy[one]!.push(rule);
  const left = enteredFirst.map((found) => found.size);
  const free = left.flatMap((count, rule) => (count === 0 ? [rule] : []));
  for (const rule of free) {
    for (const other of enteredBy[rule]!) if (--left[other]! === 0) free.push(other);
  }
  if (free.length === rules.length) return;
  const circular = left.findIndex((count) => count > 0);
  throw new GrammarRefusal(
    rules[circular]!.path,
    'refers to itself with no array or object in between: let something come first',
  );
}
