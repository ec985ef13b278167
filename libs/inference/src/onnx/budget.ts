import { LIMITS } from './limits.js';

/** What one file has used of the limits so far; each method answers how the limit was passed, or nothing. */
export class Budget {
  #fields = 0;
  #nodes = 0;
  #tensors = 0;
  #values = 0;
  #kept = 0;

  field(): string | undefined {
    return ++this.#fields > LIMITS.fields ? `is one of more than ${LIMITS.fields} fields` : undefined;
  }

  node(): string | undefined {
    return ++this.#nodes > LIMITS.nodes ? `is one of more than ${LIMITS.nodes} nodes` : this.keep(512);
  }

  tensor(): string | undefined {
    return ++this.#tensors > LIMITS.tensors
      ? `is one of more than ${LIMITS.tensors} tensors`
      : this.keep(512);
  }

  value(): string | undefined {
    return ++this.#values > LIMITS.values
      ? `is one of more than ${LIMITS.values} inputs and outputs`
      : this.keep(256);
  }

  /** @param bytes estimated cost of what is about to be kept in memory */
  keep(bytes: number): string | undefined {
    this.#kept += bytes;
    return this.#kept > LIMITS.keptBytes
      ? `takes names and shapes to over ${LIMITS.keptBytes} bytes`
      : undefined;
  }
}
