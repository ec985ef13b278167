import type { SessionView } from '@ganglion/contracts';
import { Anchor, Button, Group, SimpleGrid, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { Ago } from '../components/ago.js';
import { Copyable } from '../components/copyable.js';
import { Empty } from '../components/empty.js';
import { Facts } from '../components/facts.js';
import { History } from '../components/history.js';
import { Loaded } from '../components/loaded.js';
import { NodeTiles } from '../components/node-tiles.js';
import { Page } from '../components/page.js';
import { Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { Reason } from '../components/reason.js';
import { StateBadge } from '../components/state-badge.js';
import { compact, shortId } from '../format.js';
import { usePolling } from '../live/live.js';
import { ganglion } from '../network.js';

import { useNodes } from '../queries.js';

const isOver = ({ state }: SessionView): boolean => ['CLOSED', 'FAILED', 'EXPIRED'].includes(state);

/** One session: its nodes, what it wants, and what became of its tasks. */
export const SessionPage = () => {
  const { sessionId = '' } = useParams();
  const session = useQuery({
    queryKey: ['session', sessionId],
    queryFn: ({ signal }) => ganglion.sessions.get(sessionId, { signal }),
    refetchInterval: usePolling(),
  });
  return (
    <Page
      title={`Session ${shortId(sessionId)}`}
      subtitle={
        <Group gap="sm">
          {session.data && <StateBadge state={session.data.state} size="md" />}
          <Copyable text={sessionId} what="the session's id" />
          <Reason reason={session.data?.reason} />
        </Group>
      }
      actions={
        <>
          <Button component={Link} to={`/tasks?session=${sessionId}`} size="xs" variant="default">
            Its tasks
          </Button>
          {session.data && !isOver(session.data) && <Close sessionId={sessionId} />}
        </>
      }
    >
      <Loaded query={session} what="this session" height={240}>
        {(data) => <Whole session={data} />}
      </Loaded>
    </Page>
  );
};

const Whole = ({ session }: { session: SessionView }) => {
  const { sessionId, parameters, nodes: nodeIds } = session;
  const nodes = useNodes();
  const statistics = useQuery({
    queryKey: ['session', sessionId, 'statistics'],
    queryFn: ({ signal }) => ganglion.sessions.statistics(sessionId, { signal }),
  });
  const own = nodes.data?.filter(({ nodeId }) => nodeIds.includes(nodeId)) ?? [];
  return (
    <Stack gap="md">
      <Panel title={`Nodes, ${nodeIds.length} of ${parameters.minNodes} to ${parameters.maxNodes}`}>
        {nodeIds.length === 0 ? (
          <Empty title="It has no node now">
            {isOver(session) ? 'It is over.' : 'Nodes are gathered when there is work, or when one is free.'}
          </Empty>
        ) : (
          <NodeTiles nodes={own} />
        )}
      </Panel>
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        <Panel title="What it wants">
          <Facts
            of={[
              ['Model', parameters.model],
              ['Mode', parameters.mode],
              ['Level of its nodes', parameters.sla],
              ['Miners for a task', parameters.redundancy],
              ['Most tasks', compact(parameters.maxTasks)],
              ['Name', parameters.name],
            ]}
          />
        </Panel>
        <Panel title="What it is">
          <Facts
            of={[
              ['Kind', session.kind],
              ['Owner', session.owner ?? 'everyone'],
              ['Opened', <Ago key="opened" at={session.createdAt} />],
              ['Ends', session.expiresAt && new Date(session.expiresAt).toLocaleString()],
            ]}
          />
        </Panel>
        <Panel title="Its attempts">
          <Loaded query={statistics} what="its attempts" height={100}>
            {({ accepted, rejected, lost, completionTokens }) => (
              <Facts
                of={[
                  ['Accepted', accepted],
                  ['Rejected', rejected],
                  ['Lost', lost],
                  ['Tokens', compact(completionTokens)],
                ]}
              />
            )}
          </Loaded>
          <Anchor component={Link} to={`/tasks?session=${sessionId}`} size="sm" mt="sm" display="block">
            Its tasks
          </Anchor>
        </Panel>
      </SimpleGrid>
      <History history={session.history} />
    </Stack>
  );
};

const Close = ({ sessionId }: { sessionId: string }) => {
  const queries = useQueryClient();
  const close = useMutation({
    mutationFn: () => ganglion.sessions.close(sessionId),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['session', sessionId] }),
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={() => close.mutate()} loading={close.isPending}>
        Close
      </Button>
      {close.error && <Problem what="It was not closed" error={close.error} />}
    </>
  );
};
