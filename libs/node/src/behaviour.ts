import type { CommitData, Frame, InputOf, NodeRequest, RoundRole, sessionQueue } from '@ganglion/contracts';
import type { Attempt } from './attempt.js';
import type { GeneratedToken, GenerateRequest, NodeEngine } from './engine.js';

export type Precommit = InputOf<typeof sessionQueue.precommit>;

/** A node's way out to the broker. It carries anything: what a node sends need not be what the contracts want. */
export interface Wire {
  /** @throws Fault as the module gave it, or `UNAVAILABLE` */
  ask(message: NodeRequest, input: unknown): Promise<unknown>;
  publish(taskId: string, frame: unknown): void;
}

/**
 * The steps of an attempt in their order, each replaceable: what a node does with what it has. A node that is to
 * misbehave in one way overrides one step; the steps after it then work with what that one gave.
 */
export interface Behaviour {
  /** Before an offer is examined; whoever throws a Fault here refuses it. */
  offered(attempt: Attempt): Promise<void>;
  generate(
    engine: NodeEngine,
    request: GenerateRequest,
    signal: AbortSignal,
    attempt: Attempt,
  ): AsyncIterable<GeneratedToken>;
  /** Each frame as it would leave, signed or not; undefined keeps it back. */
  frame(frame: Frame, attempt: Attempt): Frame | undefined;
  /** What will be hashed and later revealed. */
  commit(data: CommitData, attempt: Attempt): CommitData;
  /** The signed hash; undefined keeps it back, and the attempt ends there. */
  precommit(precommit: Precommit, attempt: Attempt): Precommit | undefined;
  /** The JSON of the commit's data when it is asked for; undefined keeps it back. */
  reveal(text: string, attempt: Attempt): string | undefined;
  /** The answer it found for a test that it makes or prepares; undefined keeps it back. */
  reference(texts: readonly string[], role: RoundRole): readonly string[] | undefined;
  /** Every request on its way out: heartbeats, precommits, parts of a reveal. */
  ask(message: NodeRequest, input: unknown, wire: Wire): Promise<unknown>;
  /** Every frame on its way out. */
  publish(taskId: string, frame: Frame, wire: Wire): void;
}

/** Every step as the protocol wants it. */
export const honest: Behaviour = {
  offered: () => Promise.resolve(),
  generate: (engine, request, signal) => engine.generate(request, signal),
  frame: (frame) => frame,
  commit: (data) => data,
  precommit: (precommit) => precommit,
  reveal: (text) => text,
  reference: (texts) => texts,
  ask: (message, input, wire) => wire.ask(message, input),
  publish: (taskId, frame, wire) => wire.publish(taskId, frame),
};
