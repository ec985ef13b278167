/** A format that cannot be followed; `path` is where in the schema, with dots, empty for the schema as a whole. */
export class GrammarRefusal extends Error {
  override readonly name = 'GrammarRefusal';

  constructor(
    readonly path: string,
    /** What is wrong there and what to do; reads on after the place. */
    readonly problem: string,
  ) {
    super(`${path === '' ? 'the schema' : path} ${problem}`);
  }
}
