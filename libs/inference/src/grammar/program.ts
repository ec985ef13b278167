import { GrammarRefusal } from './grammar-refusal.js';

/** Bytes from `low` to `high`, and the node they lead to. */
export type Edge = readonly [low: number, high: number, next: number];

/**
 * A node of a recursive transition network over bytes (Woods 1970): it reads a byte, chooses, enters a rule and goes
 * on after it, or is the end of its rule.
 */
export type ProgramNode =
  | { readonly kind: 'read'; readonly edges: readonly Edge[] }
  | { readonly kind: 'choose'; readonly among: readonly number[] }
  | { readonly kind: 'enter'; readonly rule: number; readonly next: number }
  | { readonly kind: 'end' };

export interface Rule {
  /** The node it begins with. */
  entry: number;
  /** An array or object: these are what nesting counts. */
  readonly isContainer: boolean;
  /** Where in the schema it comes from. */
  readonly path: string;
}

/** What a compiled format consists of. No rule matches the empty text. */
export interface Program {
  readonly nodes: readonly ProgramNode[];
  readonly rules: readonly Rule[];
  /** The rule of a whole document. */
  readonly start: number;
  /** Nodes from which so many plain characters of a string may be read at least, whichever they are. */
  readonly freedom: ReadonlyMap<number, number>;
}

/** Nodes of one program: some megabytes, and compiled in a fraction of a second. */
const MOST_NODES = 50_000;

/** Builds a program from its ends to its beginnings: each piece is given the node that follows it. */
export class ProgramBuilder {
  readonly #nodes: ProgramNode[] = [{ kind: 'end' }];
  readonly #rules: Rule[] = [];
  readonly #freedom = new Map<number, number>();
  /** Named in the refusal of a program that gets too large. */
  path = '';

  /** The end of any rule. */
  readonly end = 0;

  /** @throws GrammarRefusal when the program gets too large */
  add(node: ProgramNode): number {
    if (this.#nodes.length >= MOST_NODES) {
      throw new GrammarRefusal(this.path, 'makes the grammar too large: use smaller lengths and fewer parts');
    }
    return this.#nodes.push(node) - 1;
  }

  read(edges: readonly Edge[]): number {
    return this.add({ kind: 'read', edges });
  }

  choose(...among: number[]): number {
    return among.length === 1 ? among[0]! : this.add({ kind: 'choose', among });
  }

  enter(rule: number, next: number = this.end): number {
    return this.add({ kind: 'enter', rule, next });
  }

  /** A node that is chosen before what it leads to is known: the beginning of a loop. */
  loop(make: (itself: number) => readonly number[]): number {
    const itself = this.add({ kind: 'choose', among: [] });
    this.#nodes[itself] = { kind: 'choose', among: make(itself) };
    return itself;
  }

  /** The given text, as UTF-8, or the bytes themselves. */
  literal(text: string | Uint8Array, next: number): number {
    let entry = next;
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    for (const byte of bytes.toReversed()) entry = this.read([[byte, byte, entry]]);
    return entry;
  }

  /** A rule whose nodes come later, by `define`: it may be entered before. */
  declare(path: string, isContainer = false): number {
    return this.#rules.push({ entry: -1, isContainer, path }) - 1;
  }

  define(rule: number, entry: number): void {
    this.#rules[rule]!.entry = entry;
  }

  /** Notes how many plain characters may be read from a node. */
  free(node: number, characters: number): number {
    this.#freedom.set(node, characters);
    return node;
  }

  finish(start: number): Program {
    return { nodes: this.#nodes, rules: this.#rules, start, freedom: this.#freedom };
  }
}
