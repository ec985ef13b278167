import { JsonContainers } from './json-containers.js';
import { JsonLayout } from './json-layout.js';
import { numbers, UNBOUNDED } from './json-numbers.js';
import { anyString, character } from './json-strings.js';
import type { ProgramBuilder } from './program.js';

/** The rules of JSON itself (RFC 8259), which those of a schema are made of. Each is made when it is first asked for. */
export class JsonValues {
  readonly containers: JsonContainers;
  readonly #program: ProgramBuilder;
  readonly #made = new Map<string, number>();

  constructor(program: ProgramBuilder) {
    this.#program = program;
    this.containers = new JsonContainers(program, new JsonLayout(program));
  }

  get string(): number {
    return this.#once('string', () => anyString(this.#program, this.#program.end));
  }

  /** One character of a string. */
  get character(): number {
    return this.#once('character', () => {
      const program = this.#program;
      return program.free(character(program, program.end), 1);
    });
  }

  get number(): number {
    return this.#once('number', () =>
      this.#program.choose(...numbers(this.#program, UNBOUNDED, this.#program.end)),
    );
  }

  get object(): number {
    return this.#once('object', () => this.containers.object({ members: [], others: this.any }), true);
  }

  get array(): number {
    const shape = (): { first: number[]; rest: number; least: number; most: number } => ({
      first: [],
      rest: this.any,
      least: 0,
      most: Infinity,
    });
    return this.#once('array', () => this.containers.array(shape())!, true);
  }

  get any(): number {
    return this.#once('any', () => {
      const program = this.#program;
      const rules = [this.string, this.number, this.object, this.array].map((rule) => program.enter(rule));
      const words = ['true', 'false', 'null'].map((word) => program.literal(word, program.end));
      return program.choose(...rules, ...words);
    });
  }

  #once(name: string, make: () => number, isContainer = false): number {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const rule = this.#program.declare('', isContainer);
    this.#made.set(name, rule);
    this.#program.define(rule, make());
    return rule;
  }
}
