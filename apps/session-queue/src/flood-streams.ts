export interface Stream {
  readonly nodeId: string;
  readonly taskId: string;
}

/** New streams that are looked into at a time; of a node that opens more at once its flood will tell. */
const MOST_NEW = 1_000;
const MOST_NEW_OF_ONE = 100;
/** Streams that are remembered, so that each is looked into once while it lasts. */
const MOST_KNOWN = 50_000;

/** Streams (a node's frames for a task) that have begun and were not yet looked into. */
export class NewStreams {
  #new = new Map<string, Stream>();
  #newOf = new Map<string, number>();
  readonly #known = new Set<string>();

  note(nodeId: string, taskId: string): void {
    const key = `${nodeId}.${taskId}`;
    if (this.#known.has(key) || this.#new.has(key) || this.#new.size >= MOST_NEW) return;
    const ofOne = (this.#newOf.get(nodeId) ?? 0) + 1;
    if (ofOne > MOST_NEW_OF_ONE) return;
    this.#newOf.set(nodeId, ofOne);
    this.#new.set(key, { nodeId, taskId });
  }

  /** Hands over what is new; it is known from then on. */
  take(): Stream[] {
    const taken = [...this.#new.values()];
    for (const key of this.#new.keys()) this.#known.add(key);
    for (const oldest of this.#known) {
      if (this.#known.size <= MOST_KNOWN) break;
      this.#known.delete(oldest);
    }
    this.#new = new Map();
    this.#newOf = new Map();
    return taken;
  }
}
