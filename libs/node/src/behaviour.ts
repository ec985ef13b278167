import type { CommitData, Frame, InputOf, sessionQueue } from '@ganglion/contracts';
import type { Attempt } from './attempt.js';
import type { GeneratedToken, GenerateRequest, NodeEngine } from './engine.js';

export type Precommit = InputOf<typeof sessionQueue.precommit>;

/**
 * The steps of an attempt in their order, each replaceable: what a node does with what it has. A node that is to
 * misbehave in one way overrides one step; the steps after it then work with what that one gave.
 */
export interface Behaviour {
  /** Before an offer is examined; whoever throws a Fault here refuses it. */
  offered(attempt: Attempt): Promise<void>;
  generate(engine: NodeEngine, request: GenerateRequest, signal: AbortSignal): AsyncIterable<GeneratedToken>;
  /** Each frame as it would leave, signed or not; undefined keeps it back. */
  frame(frame: Frame, attempt: Attempt): Frame | undefined;
  /** What will be hashed and later revealed. */
  commit(data: CommitData, attempt: Attempt): CommitData;
  /** The signed hash; undefined keeps it back, and the attempt ends there. */
  precommit(precommit: Precommit, attempt: Attempt): Precommit | undefined;
  /** The JSON of the commit's data when it is asked for; undefined keeps it back. */
  reveal(text: string, attempt: Attempt): string | undefined;
}

/** Every step as the protocol wants it. */
export const honest: Behaviour = {
  offered: () => Promise.resolve(),
  generate: (engine, request, signal) => engine.generate(request, signal),
  frame: (frame) => frame,
  commit: (data) => data,
  precommit: (precommit) => precommit,
  reveal: (text) => text,
};
