/** SQL, of a task `t`: it has begun, and fewer miners than it asked for are at it. */
export const lacksReplicas = `t.redundancy > 1 AND t.state IN ('DISPATCHED', 'STREAMING')
  AND (SELECT count(*) FROM "Attempt" l WHERE l."taskId" = t.id
    AND l.state IN ('OFFERED', 'ACKED', 'STREAMING', 'PRECOMMITTED', 'COMMITTED')) < t.redundancy`;

/** SQL, of a task `t`: it waits for a node, or for another one. */
export const mayBeOffered = `(t.state = 'QUEUED' OR (${lacksReplicas}))`;
