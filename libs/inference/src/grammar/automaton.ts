import { DEEPEST_DOCUMENT, depthNeeded } from './depth-needed.js';
import { QUOTE } from './json-strings.js';
import type { Edge, Program } from './program.js';

/** Where a rule that was entered goes on when it ends. The same place in the same circumstances is the same object. */
interface Frame {
  readonly id: number;
  readonly next: number;
  readonly above: Frame | undefined;
  /** Arrays and objects open within it. */
  readonly depth: number;
  readonly inner: Map<number, Frame>;
}

/** One way to read what came so far: a node that reads, and the rules around it. */
interface Thread {
  readonly node: number;
  readonly frame: Frame;
}

/** All ways to read what came so far. */
export interface State {
  readonly threads: readonly Thread[];
  /** What came so far is a whole document. */
  readonly isWhole: boolean;
  /** So many plain characters of a string may follow at least, whichever they are. */
  readonly free: number;
  /** By class of byte, as far as known: what follows, or null when nothing may. */
  readonly after: (State | null | undefined)[];
  /** The tokens that may follow, a bit for each, once somebody asked. */
  mask?: Uint32Array;
}

/**
 * Of more ways to read than these the first are followed, in the order in which the schema has its alternatives. Each
 * way alone leads to a whole document, so that there is always a next byte; only some documents are given up.
 */
const MOST_THREADS = 1_024;
/** The same for the nodes that are looked at on the way to the next byte. */
const MOST_SEEN = 8 * MOST_THREADS;
/** With these many states known, or masks, what is known is forgotten and found again: memory stays bounded. */
const MOST_STATES = 4_096;
const MOST_MASKS = 256;

/**
 * Reads documents byte by byte: the program's nondeterministic pushdown automaton, made deterministic as far as it is
 * used (the subset construction, Rabin and Scott 1959, over nodes with their return stacks).
 */
export class Automaton {
  /** The class of each byte: bytes that the program never tells apart share one. */
  readonly classOf: Uint8Array;
  readonly #program: Program;
  readonly #needed: Uint8Array;
  readonly #sample: readonly number[];
  #start!: State;
  #states!: Map<string, State>;
  #masks = 0;
  #frames = 0;

  /** @throws GrammarRefusal for a program that no document satisfies */
  constructor(program: Program) {
    this.#program = program;
    this.#needed = depthNeeded(program);
    [this.classOf, this.#sample] = classes(program);
    this.#forget();
  }

  /** Before the first byte. */
  get start(): State {
    return this.#start;
  }

  /** What follows a byte, or null when it may not come. */
  step(state: State, byte: number): State | null {
    const kind = this.classOf[byte]!;
    const known = state.after[kind];
    if (known !== undefined) return known;
    const representative = this.#sample[kind]!;
    const reached: Thread[] = [];
    for (const { node, frame } of state.threads) {
      if (reached.length > MOST_SEEN) break;
      const { edges } = this.#program.nodes[node] as { edges: readonly Edge[] };
      for (const [low, high, next] of edges) {
        if (low <= representative && representative <= high) reached.push({ node: next, frame });
      }
    }
    return (state.after[kind] = reached.length === 0 ? null : this.#settle(reached));
  }

  /** Keeps the mask of a state. */
  keepMask(state: State, mask: Uint32Array): void {
    state.mask = mask;
    if (++this.#masks > MOST_MASKS) this.#forget();
  }

  /**
   * Follows everything that needs no byte, depth first: the order of the threads depends on the bytes alone, never on
   * what is known already.
   */
  #settle(reached: readonly Thread[]): State | null {
    const { nodes, rules } = this.#program;
    const seen = new Set<number>();
    const threads: [key: number, Thread][] = [];
    let isWhole = false;
    const open = reached.toReversed();
    for (let thread = open.pop(); thread !== undefined; thread = open.pop()) {
      const { node: at, frame } = thread;
      const key = frame.id * nodes.length + at;
      if (seen.has(key) || frame.depth + this.#needed[at]! > DEEPEST_DOCUMENT) continue;
      seen.add(key);
      const node = nodes[at]!;
      if (node.kind === 'read') threads.push([key, thread]);
      else if (node.kind === 'choose')
        for (const next of node.among.toReversed()) open.push({ node: next, frame });
      else if (node.kind === 'enter') {
        const { entry, isContainer } = rules[node.rule]!;
        open.push({ node: entry, frame: this.#inner(frame, node.next, isContainer) });
      } else if (frame.above === undefined) isWhole = true;
      else open.push({ node: frame.next, frame: frame.above });
      if (threads.length >= MOST_THREADS || (seen.size >= MOST_SEEN && threads.length > 0)) break;
    }
    return threads.length === 0 && !isWhole ? null : this.#known(threads, isWhole);
  }

  #known(threads: readonly [key: number, Thread][], isWhole: boolean): State {
    const key = `${isWhole ? '.' : ''}${threads.map(([one]) => one).join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const state: State = {
      threads: threads.map(([, thread]) => thread),
      isWhole,
      free: this.#freedomOf(threads),
      after: new Array<State | null | undefined>(this.#sample.length).fill(undefined),
    };
    if (this.#states.size >= MOST_STATES) this.#forget();
    this.#states.set(key, state);
    return state;
  }

  /** Of the first thread that a plain character leads on: it is followed, however many others there are. */
  #freedomOf(threads: readonly [key: number, Thread][]): number {
    const { freedom, nodes } = this.#program;
    for (const [, { node, frame }] of threads) {
      const own = freedom.get(node);
      // The rule of a single character ends after it: what is free then depends on who entered it.
      if (own !== undefined) return own === 1 ? 1 + (freedom.get(frame.next) ?? 0) : own;
      const { edges } = nodes[node] as { edges: readonly Edge[] };
      if (edges.some(([, high]) => high !== QUOTE)) return 0;
    }
    return 0;
  }

  #inner(frame: Frame, next: number, isContainer: boolean): Frame {
    const key = next * 2 + (isContainer ? 1 : 0);
    const known = frame.inner.get(key);
    if (known !== undefined) return known;
    const depth = frame.depth + (isContainer ? 1 : 0);
    const inner: Frame = { id: this.#frames++, next, above: frame, depth, inner: new Map() };
    frame.inner.set(key, inner);
    return inner;
  }

  /** States that are still in use go on, and find new ones. */
  #forget(): void {
    this.#states = new Map();
    this.#masks = 0;
    const { rules, start } = this.#program;
    const outermost: Frame = { id: this.#frames++, next: -1, above: undefined, depth: 0, inner: new Map() };
    this.#start = this.#settle([{ node: rules[start]!.entry, frame: outermost }])!;
  }
}

/** @returns the class of each byte, and for each class one byte of it */
function classes({ nodes }: Program): [classOf: Uint8Array, sample: number[]] {
  const isBorder = new Uint8Array(257);
  for (const node of nodes) {
    if (node.kind !== 'read') continue;
    for (const [low, high] of node.edges) isBorder[low] = isBorder[high + 1] = 1;
  }
  const classOf = new Uint8Array(256);
  const sample = [0];
  for (let byte = 1; byte < 256; byte++) {
    if (isBorder[byte]) sample.push(byte);
    classOf[byte] = sample.length - 1;
  }
  return [classOf, sample];
}
