import type { TaskView } from '@ganglion/contracts';
import { Group, Stack, Text } from '@mantine/core';
import { type Lane, Lanes } from '../components/lanes.js';
import { NodeLink } from '../components/links.js';
import { Panel } from '../components/panel.js';
import { Reason } from '../components/reason.js';
import { StateBadge } from '../components/state-badge.js';
import { duration } from '../format.js';
import { courseOf, rangeOf } from '../lanes.js';
import { useNow } from '../time.js';
import { milestonesOf } from './milestones.js';

/** The way of a task: itself, and each attempt in a lane of its own. */
export const Timeline = ({ task }: { task: TaskView }) => {
  const clock = useNow();
  const now = task.endedAt === null ? clock : 0;
  const lanes: Lane[] = [
    {
      id: 'task',
      name: 'task',
      label: <Text size="sm">Task</Text>,
      course: courseOf(task.history, task.endedAt !== null, now),
    },
    ...task.attempts.map(({ attempt, nodeId, silent, history, endedAt }) => ({
      id: String(attempt),
      name: `attempt ${attempt}`,
      label: (
        <Group gap={6} wrap="nowrap">
          <Text size="sm">
            {silent ? 'replica' : 'attempt'} {attempt}
          </Text>
          <NodeLink nodeId={nodeId} />
        </Group>
      ),
      course: courseOf(history, endedAt !== null, now),
    })),
  ];
  return (
    <Panel title="Timeline">
      <Stack gap="md">
        <ol className="milestones" aria-label="milestones">
          {milestonesOf(task).map(({ name, afterMs }) => (
            <li key={name} data-reached={afterMs !== null}>
              <Text size="xs" c="dimmed">
                {name}
              </Text>
              <Text size="sm" fw={600}>
                {afterMs === null ? '–' : `+${duration(afterMs)}`}
              </Text>
            </li>
          ))}
        </ol>
        <Lanes lanes={lanes} range={rangeOf(lanes.map(({ course }) => course))} label="timeline" />
        {task.attempts
          .filter(({ reason }) => reason !== null)
          .map(({ attempt, state, reason }) => (
            <Group key={attempt} gap="xs">
              <Text size="sm">attempt {attempt}</Text>
              <StateBadge state={state} />
              <Reason reason={reason} />
            </Group>
          ))}
      </Stack>
    </Panel>
  );
};
