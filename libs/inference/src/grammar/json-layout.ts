import type { ProgramBuilder } from './program.js';

const DEEPEST_INDENT = 32;

/**
 * White space between the parts of a document: one space, or one line feed and at most 32 spaces. Bounded, so that a
 * model cannot go on with nothing else.
 */
export class JsonLayout {
  readonly #program: ProgramBuilder;
  readonly #space: number;

  constructor(program: ProgramBuilder) {
    this.#program = program;
    this.#space = program.declare('');
    let indent = program.end;
    for (let depth = 0; depth < DEEPEST_INDENT; depth++) {
      indent = program.choose(program.end, program.literal(' ', indent));
    }
    const line = program.literal('\n', indent);
    program.define(this.#space, program.choose(program.literal(' ', program.end), line));
  }

  /** White space, or none. */
  space(next: number): number {
    return this.#program.choose(next, this.#program.enter(this.#space, next));
  }

  /** `:` and a space, or none. */
  colon(next: number): number {
    const program = this.#program;
    return program.literal(':', program.choose(next, program.literal(' ', next)));
  }

  /** `,` and white space, or none. */
  comma(next: number): number {
    return this.#program.literal(',', this.space(next));
  }
}
