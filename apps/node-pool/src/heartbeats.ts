import type { NodeState } from '@ganglion/contracts';

/** Writes tell the states of the nodes just heard; of one that was silent for longer than this nothing is known. */
const FRESH_MS = 5_000;

/** Heartbeats since the last write, and the states of the nodes that speak to this replica as last read. */
export class Heartbeats {
  #unwritten = new Map<string, number>();
  readonly #known = new Map<string, { state: NodeState; heardAt: number }>();

  /** Notes a sign of life; answers the state as of the last write, or undefined if it has to be looked up. */
  heard(nodeId: string, now: number): NodeState | undefined {
    this.#unwritten.set(nodeId, now);
    const known = this.#known.get(nodeId);
    if (!known || now - known.heardAt > FRESH_MS) return undefined;
    known.heardAt = now;
    return known.state;
  }

  learn(nodeId: string, state: NodeState, now: number): void {
    this.#known.set(nodeId, { state, heardAt: now });
  }

  /** To be looked up again, its last heartbeat void. */
  forget(nodeId: string): void {
    this.#known.delete(nodeId);
    this.#unwritten.delete(nodeId);
  }

  /** Hands over what is to be written: `[nodeId, epoch ms]`. */
  take(now: number): [string, number][] {
    for (const [nodeId, { heardAt }] of this.#known) {
      if (now - heardAt > FRESH_MS) this.#known.delete(nodeId);
    }
    const taken = [...this.#unwritten];
    this.#unwritten = new Map();
    return taken;
  }

  /** The writing failed: keeps them for the next time, under what was heard meanwhile. */
  putBack(taken: readonly (readonly [string, number])[]): void {
    this.#unwritten = new Map([...taken, ...this.#unwritten]);
  }
}
