import type { CodePoints } from './byte-sequences.js';
import { GrammarRefusal } from './grammar-refusal.js';
import { PatternCursor } from './pattern-cursor.js';
import { DOT, setReader } from './pattern-sets.js';
import type { ProgramBuilder } from './program.js';

/** A part of a pattern: given what follows, where it begins. */
type Part = (next: number) => number;

const DEEPEST = 50;
const MOST_REPEATS = 1_000;

/**
 * A string that a regular expression (ECMA-262, with the flag `u`) matches, in its quotes. As JSON Schema has it, the
 * match may be anywhere in the string, unless `^` and `$` say where.
 * @throws GrammarRefusal for what is no regular language or not supported: look-around, back references, `\b`, `\p`,
 *   and anchors other than at the two ends of an alternative
 */
export function patternString(program: ProgramBuilder, source: string, path: string): number {
  try {
    new RegExp(source, 'u');
  } catch (cause) {
    throw new GrammarRefusal(path, `is no regular expression: ${(cause as Error).message}`);
  }
  const parser = new PatternParser(program, new PatternCursor(source, path));
  const close = program.literal('"', program.end);
  return program.literal('"', parser.whole()(close));
}

class PatternParser {
  readonly #program: ProgramBuilder;
  readonly #cursor: PatternCursor;
  #depth = 0;

  constructor(program: ProgramBuilder, cursor: PatternCursor) {
    this.#program = program;
    this.#cursor = cursor;
  }

  whole(): Part {
    const alternatives = [this.#anchored()];
    while (this.#cursor.takes('|')) alternatives.push(this.#anchored());
    return this.#either(alternatives);
  }

  #anchored(): Part {
    const any = this.#repeated(this.#set(DOT_AND_LINES), 0, Infinity);
    const isFromStart = this.#cursor.takes('^');
    const inner = this.#sequence();
    const isToEnd = this.#cursor.takes('$');
    if (!this.#cursor.isDone && !this.#cursor.sees('|')) this.#cursor.refuse('an anchor inside');
    return (next) => {
      const end = inner(isToEnd ? next : any(next));
      return isFromStart ? end : any(end);
    };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    const cursor = this.#cursor;
    while (!cursor.isDone && !cursor.sees('|') && !cursor.sees(')') && !cursor.sees('$')) {
      parts.push(this.#quantified(this.#atom()));
    }
    // An empty part is a node too, or repeating it would be work without a bound.
    if (parts.length === 0) return (next) => this.#program.add({ kind: 'choose', among: [next] });
    return (next) => parts.reduceRight((following, part) => part(following), next);
  }

  #atom(): Part {
    const cursor = this.#cursor;
    if (cursor.sees('^')) cursor.refuse('an anchor inside');
    const character = cursor.take();
    if (character === '(') return this.#group();
    if (character === '[') return this.#set(cursor.characterClass());
    if (character === '\\') return this.#set(cursor.escape());
    if (character === '.') return this.#set(DOT);
    const codePoint = character.codePointAt(0)!;
    return this.#set([[codePoint, codePoint]]);
  }

  #group(): Part {
    const cursor = this.#cursor;
    if (['?=', '?!', '?<=', '?<!'].some((sign) => cursor.sees(sign))) cursor.refuse('look-around');
    if (cursor.takes('?<')) cursor.takeUntil('>');
    else if (cursor.takes('?') && !cursor.takes(':')) cursor.refuse('flags inside');
    if (++this.#depth > DEEPEST) cursor.refuse(`groups more than ${DEEPEST} deep`);
    const alternatives = [this.#sequence()];
    while (cursor.takes('|')) alternatives.push(this.#sequence());
    if (!cursor.takes(')')) cursor.refuse('an anchor inside');
    this.#depth--;
    return this.#either(alternatives);
  }

  #either(alternatives: readonly Part[]): Part {
    return (next) => this.#program.choose(...alternatives.map((part) => part(next)));
  }

  #quantified(part: Part): Part {
    const cursor = this.#cursor;
    const [least, most] = this.#quantifier();
    cursor.takes('?'); // lazy or not, what matches as a whole is the same
    return least === 1 && most === 1 ? part : this.#repeated(part, least, most);
  }

  #quantifier(): [least: number, most: number] {
    const cursor = this.#cursor;
    if (cursor.takes('*')) return [0, Infinity];
    if (cursor.takes('+')) return [1, Infinity];
    if (cursor.takes('?')) return [0, 1];
    if (!cursor.takes('{')) return [1, 1];
    const [from, to] = cursor.takeUntil('}').split(',');
    const least = Number(from);
    const most = to === undefined ? least : to === '' ? Infinity : Number(to);
    if (least > MOST_REPEATS || (most > MOST_REPEATS && most !== Infinity)) {
      cursor.refuse(`more than ${MOST_REPEATS} repetitions`);
    }
    return [least, most];
  }

  #repeated(part: Part, least: number, most: number): Part {
    const program = this.#program;
    return (next) => {
      let entry = next;
      if (most === Infinity) entry = program.loop((itself) => [next, part(itself)]);
      else for (let count = least; count < most; count++) entry = program.choose(next, part(entry));
      for (let count = 0; count < least; count++) entry = part(entry);
      return entry;
    };
  }

  #set(set: readonly CodePoints[]): Part {
    return setReader(this.#program, set) ?? this.#cursor.refuse('a set of which nothing can be written');
  }
}

const DOT_AND_LINES: readonly CodePoints[] = [[0, 0x10ffff]];
