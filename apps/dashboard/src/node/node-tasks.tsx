import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Ago } from '../components/ago.js';
import { Empty } from '../components/empty.js';
import { Loaded } from '../components/loaded.js';
import { Panel } from '../components/panel.js';
import { Reason } from '../components/reason.js';
import { StateBadge } from '../components/state-badge.js';
import { shortId } from '../format.js';
import { ganglion } from '../network.js';

const MOST = 12;

/** The latest tasks that a node had an attempt at, those of tests too. */
export const NodeTasks = ({ nodeId }: { nodeId: string }) => {
  const tasks = useQuery({
    queryKey: ['node', nodeId, 'tasks'],
    queryFn: async ({ signal }) =>
      (await ganglion.tasks.list({ nodeId, all: true, limit: MOST }, { signal })).items,
  });
  return (
    <Panel title="Attempts">
      <Loaded query={tasks} what="its tasks" height={120}>
        {(items) =>
          items.length === 0 ? (
            <Empty title="It was given no task yet" />
          ) : (
            <ul className="failures">
              {items.map(({ taskId, state, sessionId, reason, submittedAt }) => (
                <li key={taskId}>
                  <Anchor component={Link} to={`/tasks/${taskId}`} size="sm" className="mono">
                    {shortId(taskId)}
                  </Anchor>
                  <div>
                    <StateBadge state={state} />
                    <div>
                      <Reason reason={reason} />
                    </div>
                    <Text size="xs" c="dimmed">
                      {sessionId === null ? 'test or audit' : 'of a session'}
                    </Text>
                  </div>
                  <Text size="xs" c="dimmed">
                    <Ago at={submittedAt} />
                  </Text>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
};
