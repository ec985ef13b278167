import type { FleetHistory, UserAttempt, VerdictFact } from './fleet-history.js';
import { type Stay, staysOf } from './fleet-stays.js';

/** What is wrong with the grant of a user's task to a node. */
interface BadGrant {
  taskId: string;
  nodeId: string;
  problem: string;
}

/** What the event tables say of every grant of a user's task. */
export interface Grants {
  total: number;
  /** Grants to nodes that were not tested since they were last reserved, offline or quarantined. */
  untested: BadGrant[];
  /**
   * Grants in the moment in which the node left its reservation: the queue hears of it by an event. The node had passed
   * the test before that reservation. How many, the longest such moment in ms, and how many were answered.
   */
  afterLeaving: { count: number; longestMs: number; accepted: number };
}

/** Checks each grant against the node's moves and verdicts. */
export const checkGrants = (history: FleetHistory, until: number): Grants => {
  const stays = staysOf(history.moves, until);
  const passes = history.verdicts.filter(({ passed }) => passed);
  const grants: Grants = {
    total: 0,
    untested: [],
    afterLeaving: { count: 0, longestMs: 0, accepted: 0 },
  };
  for (const attempt of history.attempts) {
    grants.total++;
    const own = stays.get(attempt.nodeId) ?? [];
    const problem = problemOf(attempt, own, passes);
    if (problem) grants.untested.push({ taskId: attempt.taskId, nodeId: attempt.nodeId, problem });
    else noteLeaving(grants, attempt, own);
  }
  return grants;
};

const reservationOf = ({ sessionId, offeredAt }: UserAttempt, stays: readonly Stay[]): number =>
  stays.findLastIndex((stay) => stay.sessionId === sessionId && isReserved(stay) && stay.from <= offeredAt);

const isReserved = ({ state }: Stay): boolean => state === 'RESERVED';

const problemOf = (
  attempt: UserAttempt,
  stays: readonly Stay[],
  passes: readonly VerdictFact[],
): string | null => {
  const at = reservationOf(attempt, stays);
  if (at < 0) return 'it was never reserved for the session before';
  if (stays[at - 1]?.state !== 'EPHEMERAL') return `it was reserved out of ${stays[at - 1]?.state}`;
  const test = stays[at - 2];
  if (test?.state !== 'TESTING') return `it became free out of ${test?.state}`;
  const isPass = ({ nodeId, at: given }: VerdictFact): boolean =>
    nodeId === attempt.nodeId && given >= test.from && given <= test.to;
  if (!passes.some(isPass)) return 'it passed no test in its last stay in TESTING';
  const isLater = (stay: Stay): boolean => isReserved(stay) && stay.from <= attempt.offeredAt;
  return stays.slice(at + 1).some(isLater) ? 'it was reserved for another session since' : null;
};

const noteLeaving = ({ afterLeaving }: Grants, attempt: UserAttempt, stays: readonly Stay[]): void => {
  const lateMs = attempt.offeredAt - stays[reservationOf(attempt, stays)]!.to;
  if (lateMs <= 0) return;
  afterLeaving.count++;
  afterLeaving.longestMs = Math.max(afterLeaving.longestMs, lateMs);
  if (attempt.state === 'ACCEPTED') afterLeaving.accepted++;
};
