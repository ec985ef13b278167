/** Nodes that are in a live test at once. Each test is a task that the queue has to carry through within deadlines. */
const AT_ONCE = 32;

/**
 * As many of the nodes that are due as may begin their test now, in the order of the groups and of the nodes in them,
 * which is that of waiting. A whole fleet that comes at once is tested bit by bit: all together its nodes would miss
 * their deadlines by our slowness, and be put away for it.
 * @param live nodes whose test is under way
 */
export const paced = <G extends { nodeIds: readonly string[] }>(
  due: readonly G[],
  live: number,
  atOnce = AT_ONCE,
): G[] => {
  let left = Math.max(0, atOnce - live);
  const begun = due.map((group) => {
    const nodeIds = group.nodeIds.slice(0, left);
    left -= nodeIds.length;
    return { ...group, nodeIds };
  });
  return begun.filter(({ nodeIds }) => nodeIds.length > 0);
};
