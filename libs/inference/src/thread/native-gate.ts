/** Index 0: no more calls may begin. Index 1: a call is under way. */
export type GateState = Int32Array<SharedArrayBuffer>;

const CLOSED = 0;
const BUSY = 1;

/** The longest single call there is: the prefill of a long prompt. */
const LONGEST_CALL_MS = 10_000;

export function newGateState(): GateState {
  return new Int32Array(new SharedArrayBuffer(8));
}

/**
 * Keeps a thread from being ended inside ONNX Runtime: its binding would then throw where nothing can catch, and abort
 * the whole process. The thread passes each native call through `pass`; whoever ends it calls `close` first.
 */
export class NativeGate {
  readonly #state: GateState;

  constructor(state: GateState) {
    this.#state = state;
  }

  /** Runs a native call; once the gate is closed it never settles, for the thread is about to end. */
  async pass<T>(call: () => Promise<T>): Promise<T> {
    Atomics.store(this.#state, BUSY, 1);
    if (Atomics.load(this.#state, CLOSED) === 1) {
      this.#leave();
      return new Promise<never>(() => undefined);
    }
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  /** Blocks until no call is under way, from the thread that owns the other one: at a process's exit nothing else waits. */
  close(): void {
    Atomics.store(this.#state, CLOSED, 1);
    Atomics.wait(this.#state, BUSY, 1, LONGEST_CALL_MS);
  }

  #leave(): void {
    Atomics.store(this.#state, BUSY, 0);
    Atomics.notify(this.#state, BUSY);
  }
}
