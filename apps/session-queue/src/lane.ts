/** Where a task waits: in its session, or (a health test) for one node. */
export type Lane = { readonly sessionId: string } | { readonly nodeId: string };

/**
 * The first slot of health tests of a node that serves nobody; one that serves is tested in a slot of its session. Where
 * several tests at once are wanted, the others lie below it.
 */
export const TEST_SLOT = -1;

/** The slots of so many tests at once. */
export const testSlots = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => TEST_SLOT - index);

export const laneOf = (task: { sessionId: string | null; nodeId: string | null }): Lane => {
  if (task.nodeId !== null) return { nodeId: task.nodeId };
  if (task.sessionId !== null) return { sessionId: task.sessionId };
  throw new Error('a task has a session or a node');
};

export const laneKey = (lane: Lane): string => ('sessionId' in lane ? lane.sessionId : lane.nodeId);
