/** Where a task waits: in its session, or (a health test) for one node. */
export type Lane = { readonly sessionId: string } | { readonly nodeId: string };

/** The slot of health tests of a node that serves nobody; one that serves is tested in a slot of its session. */
export const TEST_SLOT = -1;

export const laneOf = (task: { sessionId: string | null; nodeId: string | null }): Lane => {
  if (task.nodeId !== null) return { nodeId: task.nodeId };
  if (task.sessionId !== null) return { sessionId: task.sessionId };
  throw new Error('a task has a session or a node');
};

export const laneKey = (lane: Lane): string => ('sessionId' in lane ? lane.sessionId : lane.nodeId);
