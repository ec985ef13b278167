import { DEEPEST_DOCUMENT, depthNeeded } from './depth-needed.js';
import { GrammarRefusal } from './grammar-refusal.js';
import type { Program } from './program.js';

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

const MOST_THREADS = 1_024;
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

  /** What follows a byte, or null when it may not come. @throws GrammarRefusal when there are too many ways to read on */
  step(state: State, byte: number): State | null {
    const kind = this.classOf[byte]!;
    const known = state.after[kind];
    if (known !== undefined) return known;
    const representative = this.#sample[kind]!;
    const reached: Thread[] = [];
    for (const { node, frame } of state.threads) {
      const { edges } = this.#program.nodes[node] as {
        edges: readonly (readonly [number, number, number])[];
      };
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

  /** Follows everything that needs no byte. */
  #settle(reached: Thread[]): State | null {
    const { nodes } = this.#program;
    const seen = new Map<number, Thread>();
    const threads: [key: number, Thread][] = [];
    let isWhole = false;
    const reach = (node: number, frame: Frame): void => {
      const key = frame.id * nodes.length + node;
      if (seen.has(key) || frame.depth + this.#needed[node]! > DEEPEST_DOCUMENT) return;
      const thread = { node, frame };
      seen.set(key, thread);
      if (nodes[node]!.kind === 'read') threads.push([key, thread]);
      if (seen.size > 8 * MOST_THREADS || threads.length > MOST_THREADS) throw tooManyWays();
    };
    for (const { node, frame } of reached) reach(node, frame);
    for (const { node: at, frame } of seen.values()) {
      const node = nodes[at]!;
      if (node.kind === 'choose') for (const next of node.among) reach(next, frame);
      if (node.kind === 'enter') {
        const { entry, isContainer } = this.#program.rules[node.rule]!;
        reach(entry, this.#inner(frame, node.next, isContainer));
      }
      if (node.kind !== 'end') continue;
      if (frame.above === undefined) isWhole = true;
      else reach(frame.next, frame.above);
    }
    if (threads.length === 0 && !isWhole) return null;
    threads.sort(([a], [b]) => a - b);
    return this.#known(threads, isWhole);
  }

  #known(threads: readonly [key: number, Thread][], isWhole: boolean): State {
    const key = `${isWhole ? '.' : ''}${threads.map(([one]) => one).join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const state: State = {
      threads: threads.map(([, thread]) => thread),
      isWhole,
      free: threads.reduce((most, [, thread]) => Math.max(most, this.#freedomOf(thread)), 0),
      after: new Array<State | null | undefined>(this.#sample.length).fill(undefined),
    };
    if (this.#states.size >= MOST_STATES) this.#forget();
    this.#states.set(key, state);
    return state;
  }

  #freedomOf({ node, frame }: Thread): number {
    const { freedom } = this.#program;
    const own = freedom.get(node) ?? 0;
    // The rule of a single character ends after it: what is free then depends on who entered it.
    return own === 1 ? 1 + (freedom.get(frame.next) ?? 0) : own;
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

function tooManyWays(): GrammarRefusal {
  const problem = `can be read in more than ${MOST_THREADS} ways at once: make its alternatives more different`;
  return new GrammarRefusal('', problem);
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
