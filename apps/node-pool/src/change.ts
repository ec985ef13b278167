import type { Concurrency, NodeState, Reason } from '@ganglion/contracts';
import type { Sample } from './verified-speed.js';

/** What decisions about a node look at: some columns of its row. */
export interface NodeFacts {
  readonly id: string;
  readonly state: NodeState;
  readonly stateAt: Date;
  readonly sessionId: string | null;
  readonly tests: number;
  readonly tokensPerSecond: number | null;
  /** Samples of `verified-speed.ts`, as they are kept. */
  readonly speeds: unknown;
  /** Samples of `shown-slots.ts`, as they are kept. */
  readonly concurrency: unknown;
  readonly scoredAt: Date | null;
  readonly failures: number;
  readonly failedAt: Date | null;
  readonly wakeAt: Date | null;
  readonly lastSeenAt: Date | null;
  readonly joinedAt: Date;
  readonly leftAt: Date | null;
  readonly loadingDigest: string | null;
  readonly switchedAt: Date | null;
}

/** Columns a decision may set. */
interface NodeData {
  sessionId?: string | null;
  tests?: number;
  tokensPerSecond?: number | null;
  speeds?: Sample[];
  concurrency?: Concurrency[];
  drawnAt?: null;
  testedAt?: Date;
  score?: number;
  level?: number;
  scoredAt?: Date;
  failures?: number;
  failedAt?: Date;
  wakeAt?: Date | null;
  lastSeenAt?: Date | null;
  joinedAt?: Date;
  leftAt?: Date | null;
  loadingDigest?: string | null;
  switchedAt?: Date;
}

/**
 * A decision: the states to enter in turn (none: the row changes, its state does not), why, and what else to set. One that
 * enters no state but has a reason is told in the history all the same.
 */
export interface Change {
  readonly path: readonly NodeState[];
  readonly reason?: Reason;
  readonly data?: NodeData;
}
