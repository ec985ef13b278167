import { type CodePoints, complement } from './byte-sequences.js';
import { GrammarRefusal } from './grammar-refusal.js';
import { namedSet } from './pattern-sets.js';

const CONTROLS: Record<string, number> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d, 0: 0x00 };

/** Reads the characters and sets of a regular expression; it is known to be a valid one, with the flag `u`. */
export class PatternCursor {
  readonly #characters: string[];
  #at = 0;

  constructor(
    source: string,
    /** Where in the schema it is. */
    readonly path: string,
  ) {
    this.#characters = [...source];
  }

  get isDone(): boolean {
    return this.#at >= this.#characters.length;
  }

  /** Does the given text come next? */
  sees(text: string): boolean {
    return this.#characters.slice(this.#at, this.#at + text.length).join('') === text;
  }

  /** Takes the given text if it comes next. */
  takes(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  take(): string {
    return this.#characters[this.#at++] ?? '';
  }

  /** Everything before the given character, which is taken too. */
  takeUntil(end: string): string {
    let taken = '';
    for (let next = this.take(); next !== end && next !== ''; next = this.take()) taken += next;
    return taken;
  }

  refuse(what: string): never {
    throw new GrammarRefusal(this.path, `uses ${what}, which is not supported: write it without`);
  }

  /** What follows a backslash: a set, or one character. */
  escape(): readonly CodePoints[] {
    const letter = this.take();
    const set = namedSet(letter);
    if (set) return set;
    if (/[pPbBk1-9]/.test(letter)) this.refuse(`\\${letter}`);
    const codePoint = this.#escapedCharacter(letter);
    return [[codePoint, codePoint]];
  }

  /** A class, after its opening bracket. */
  characterClass(): readonly CodePoints[] {
    const isNegated = this.takes('^');
    const ranges: CodePoints[] = [];
    while (!this.takes(']')) {
      const from = this.#classAtom();
      if (!this.sees('-') || this.sees('-]')) {
        ranges.push(...from);
        continue;
      }
      this.take();
      ranges.push([from[0]![0], this.#classAtom().at(-1)![1]]);
    }
    return isNegated ? complement(ranges) : ranges;
  }

  #classAtom(): readonly CodePoints[] {
    const character = this.take();
    if (character === '\\') return this.takes('b') ? [[0x08, 0x08]] : this.escape();
    const codePoint = character.codePointAt(0)!;
    return [[codePoint, codePoint]];
  }

  #escapedCharacter(letter: string): number {
    if (letter === 'c') return this.take().charCodeAt(0) % 32;
    if (letter === 'x') return parseInt(this.take() + this.take(), 16);
    if (letter === 'u') {
      if (this.takes('{')) return parseInt(this.takeUntil('}'), 16);
      return parseInt(this.take() + this.take() + this.take() + this.take(), 16);
    }
    return Object.hasOwn(CONTROLS, letter) ? CONTROLS[letter]! : letter.codePointAt(0)!;
  }
}
