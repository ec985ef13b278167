import type { TaskView } from '@ganglion/contracts';
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { NodeLink, SessionLink } from '../components/links.js';
import { Loaded } from '../components/loaded.js';
import { Panel } from '../components/panel.js';
import { Reason } from '../components/reason.js';
import { StateBadge } from '../components/state-badge.js';
import { Steps } from '../components/steps.js';
import { useTask } from '../queries.js';

/** What the network does for an answer, while it does it. */
export const TaskPanel = ({ taskId }: { taskId: string | null }) => {
  const task = useTask(taskId);
  return (
    <Panel
      title="What the network does"
      actions={
        taskId !== null && (
          <Anchor component={Link} to={`/tasks/${taskId}`} size="sm">
            Open the task
          </Anchor>
        )
      }
    >
      {taskId === null ? (
        <Text size="sm" c="dimmed">
          Ask something: its way through the network is drawn here.
        </Text>
      ) : (
        <Loaded query={task} what="the task" height={120}>
          {(view) => <Course task={view} />}
        </Loaded>
      )}
    </Panel>
  );
};

const Course = ({ task }: { task: TaskView }) => (
  <Stack gap="sm" data-testid="course" data-state={task.state}>
    <Group gap="sm">
      <StateBadge state={task.state} />
      {task.position > 0 && <Text size="sm">place {task.position} in the queue</Text>}
      {task.sessionId && (
        <Text size="sm" component="span">
          session <SessionLink sessionId={task.sessionId} />
        </Text>
      )}
    </Group>
    <Reason reason={task.reason} />
    <Steps label="task" steps={task.history} />
    {task.attempts.map(({ attempt, nodeId, silent, state, reason, history }) => (
      <div key={attempt} className="attempt">
        <Group gap="xs" mb={4}>
          <Text size="sm" fw={600}>
            {silent ? 'Replica' : 'Attempt'} {attempt}
          </Text>
          <NodeLink nodeId={nodeId} />
          <StateBadge state={state} />
        </Group>
        <Reason reason={reason} />
        <Steps label={`attempt ${attempt}`} steps={history} />
      </div>
    ))}
  </Stack>
);
