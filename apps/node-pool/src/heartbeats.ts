import type { NodeState } from '@ganglion/contracts';

/** A node that has not been heard for this long is forgotten; it will be looked up again when it speaks. */
const FORGOTTEN_AFTER_MS = 60_000;

/** Heartbeats since the last write, and the states of the nodes that speak to this replica as last read. */
export class Heartbeats {
  #unwritten = new Map<string, number>();
  readonly #known = new Map<string, { state: NodeState; heardAt: number }>();

  heard(nodeId: string, now: number): void {
    this.#unwritten.set(nodeId, now);
    const known = this.#known.get(nodeId);
    if (known) known.heardAt = now;
  }

  /** The state as of the last write; undefined if it has to be looked up. */
  stateOf(nodeId: string): NodeState | undefined {
    return this.#known.get(nodeId)?.state;
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
      if (now - heardAt > FORGOTTEN_AFTER_MS) this.#known.delete(nodeId);
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
