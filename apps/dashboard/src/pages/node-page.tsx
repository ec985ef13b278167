import { Group, SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { Copyable } from '../components/copyable.js';
import { History } from '../components/history.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { Reason } from '../components/reason.js';
import { StateBadge } from '../components/state-badge.js';
import { shortNode } from '../format.js';
import { usePolling } from '../live/live.js';
import { ganglion } from '../network.js';
import { NodeActions } from '../node/actions.js';
import { NodeRounds } from '../node/node-rounds.js';
import { ReputationPanel } from '../node/reputation-panel.js';
import { NodeTasks } from '../node/node-tasks.js';
import { Specs } from '../node/specs.js';
import { SpeedPanel } from '../node/speed-panel.js';
import { TrialsPanel } from '../node/trials-panel.js';

/** One node: what it is, what it has earned, what became of it, and what can be done with it. */
export const NodePage = () => {
  const { nodeId = '' } = useParams();
  const node = useQuery({
    queryKey: ['node', nodeId],
    queryFn: ({ signal }) => ganglion.node(nodeId, { signal }),
    refetchInterval: usePolling(),
  });
  return (
    <Page
      title={`Node ${shortNode(nodeId)}`}
      subtitle={
        <Group gap="sm">
          {node.data && <StateBadge state={node.data.state} size="md" />}
          <Copyable text={nodeId} shown={`${nodeId.slice(0, 16)}…`} what="the node's id" />
          <Reason reason={node.data?.reason} />
        </Group>
      }
      actions={node.data && <NodeActions node={node.data} />}
    >
      <Loaded query={node} what="this node" height={240}>
        {(data) => (
          <Stack gap="md">
            <Specs node={data} />
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              <ReputationPanel nodeId={nodeId} />
              <TrialsPanel nodeId={nodeId} />
              <NodeRounds nodeId={nodeId} />
              <SpeedPanel nodeId={nodeId} />
              <NodeTasks nodeId={nodeId} />
              <History history={data.history} />
            </SimpleGrid>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
};
