import type { NodeState, NodeView } from '@ganglion/contracts';
import { eventually, type NetworkAddress } from '@ganglion/testkit';

export const nodesOf = async (network: NetworkAddress): Promise<NodeView[]> =>
  (await network.ask<{ items: NodeView[] }>('/v1/nodes?limit=200')).items;

/** Is it tested, and free or reserved? */
export const isServing = ({ state }: NodeView): boolean => state === 'EPHEMERAL' || state === 'RESERVED';

/** Waits until so many nodes are tested and serve, free or reserved: the spec before may have sent some to a test. */
export const untilServing = (network: NetworkAddress, count: number): Promise<NodeView[]> =>
  eventually(async () => {
    const nodes = await nodesOf(network);
    if (nodes.filter(isServing).length >= count) return nodes;
    throw new Error(`${count} should serve: ${nodes.map(({ state }) => state).join(', ')}`);
  });

/** Waits until a node is in one of these states. */
export const untilNode = (
  network: NetworkAddress,
  nodeId: string,
  ...states: NodeState[]
): Promise<NodeView> =>
  eventually(async () => {
    const node = await network.ask<NodeView>(`/v1/nodes/${nodeId}`);
    if (states.includes(node.state)) return node;
    throw new Error(
      `node is ${node.state} (${node.reason?.message ?? 'no reason'}), not ${states.join(' or ')}`,
    );
  });
