/** Each connection keeps them all, with its plans; lists of values of every length are statements of their own. */
const MOST = 500;

/**
 * Names for prepared statements: the server parses and plans a statement once for each connection, and not each time.
 * The same text has the same name; beyond the first 500 texts they have none, and are parsed each time.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();

  /** @returns undefined: it is not to be kept */
  of(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined || this.#names.size >= MOST) return known;
    const name = `s${this.#names.size}`;
    this.#names.set(sql, name);
    return name;
  }
}
