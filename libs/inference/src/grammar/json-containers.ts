import type { JsonLayout } from './json-layout.js';
import { otherName } from './json-strings.js';
import type { ProgramBuilder } from './program.js';

export interface ObjectShape {
  /** In the order in which they are written. */
  members: readonly { name: string; isRequired: boolean; value: number }[];
  /** The rule of the values of other members, which follow in any number; none without. */
  others?: number;
}

export interface ArrayShape {
  /** The rules of the first items. */
  first: readonly number[];
  /** The rule of all further ones; none without. */
  rest?: number;
  least: number;
  /** Infinity for no limit. */
  most: number;
}

/** The grammar of arrays and objects. */
export class JsonContainers {
  readonly #program: ProgramBuilder;
  readonly #layout: JsonLayout;

  constructor(program: ProgramBuilder, layout: JsonLayout) {
    this.#program = program;
    this.#layout = layout;
  }

  /** @returns where it begins */
  object({ members, others }: ObjectShape): number {
    const [program, layout] = [this.#program, this.#layout];
    const close = program.literal('}', program.end);
    let none = close; // no member yet, and a space, if any, is already there
    let some = layout.space(close);
    if (others !== undefined) {
      const names = members.map(({ name }) => name);
      const member = this.#rule(otherName(program, names, layout.colon(program.enter(others))));
      const last = some;
      some = program.loop((itself) => [last, layout.comma(program.enter(member, itself))]);
      none = program.choose(close, program.enter(member, some));
    }
    for (const { name, isRequired, value } of members.toReversed()) {
      const text = JSON.stringify(name);
      const member = this.#rule(program.literal(text, layout.colon(program.enter(value))));
      const [begun, further] = [program.enter(member, some), layout.comma(program.enter(member, some))];
      none = isRequired ? begun : program.choose(begun, none);
      some = isRequired ? further : program.choose(further, some);
    }
    return program.literal('{', layout.space(none));
  }

  /** @returns where it begins, or undefined when no array has so many items */
  array({ first, rest, least, most }: ArrayShape): number | undefined {
    const [program, layout] = [this.#program, this.#layout];
    const longest = rest === undefined ? Math.min(most, first.length) : most;
    if (least > longest) return undefined;
    const close = program.literal(']', program.end);
    const last = layout.space(close);
    const counted = longest === Infinity ? Math.max(least, first.length, 1) : longest;
    let after = last;
    if (longest === Infinity) {
      after = program.loop((itself) => [last, layout.comma(program.enter(rest!, itself))]);
    }
    for (let at = counted - 1; at >= 1; at--) {
      const more = layout.comma(program.enter(first[at] ?? rest!, after));
      after = at >= least ? program.choose(last, more) : more;
    }
    if (counted === 0) return program.literal('[', layout.space(close));
    const begun = program.enter(first[0] ?? rest!, after);
    return program.literal('[', layout.space(least === 0 ? program.choose(close, begun) : begun));
  }

  #rule(entry: number): number {
    const rule = this.#program.declare(this.#program.path);
    this.#program.define(rule, entry);
    return rule;
  }
}
