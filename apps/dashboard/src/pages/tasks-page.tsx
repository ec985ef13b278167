import { type TaskState, taskStates, type TaskView } from '@ganglion/contracts';
import { Anchor, Button, Group, Select, Text } from '@mantine/core';
import { useCallback } from 'react';
import { Link } from 'react-router';
import { Ago } from '../components/ago.js';
import { Empty } from '../components/empty.js';
import { SessionLink, TaskLink } from '../components/links.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { StateBadge } from '../components/state-badge.js';
import { type Column, VirtualTable } from '../components/virtual-table.js';
import { duration, stateName } from '../format.js';
import { useGrowingList } from '../lists/use-growing-list.js';
import { ganglion } from '../network.js';
import { oneOf, useQueryString } from '../query-string.js';

type TaskRow = Omit<TaskView, 'attempts' | 'history' | 'result'>;

const columns: readonly Column<TaskRow>[] = [
  {
    key: 'task',
    label: 'Task',
    width: '90px',
    isNarrow: true,
    render: ({ taskId }) => <TaskLink taskId={taskId} />,
  },
  {
    key: 'state',
    label: 'State',
    width: '125px',
    isNarrow: true,
    render: ({ state }) => <StateBadge state={state} />,
  },
  { key: 'model', label: 'Model', width: 'minmax(120px, 1fr)', render: ({ model }) => model },
  {
    key: 'session',
    label: 'Session',
    width: '90px',
    render: ({ sessionId }) => sessionId && <SessionLink sessionId={sessionId} />,
  },
  {
    key: 'submitted',
    label: 'Submitted',
    width: '105px',
    isNarrow: true,
    render: ({ submittedAt }) => <Ago at={submittedAt} />,
  },
  {
    key: 'took',
    label: 'Took',
    width: '90px',
    isNumber: true,
    render: ({ submittedAt, endedAt }) =>
      duration(endedAt === null ? null : Date.parse(endedAt) - Date.parse(submittedAt)),
  },
  {
    key: 'reason',
    label: 'Reason',
    width: 'minmax(140px, 2fr)',
    render: ({ reason }) => reason && <span title={reason.message}>{reason.code}</span>,
  },
];

const idOf = ({ taskId }: TaskRow): string => taskId;

/** Everyone's tasks, newest first. */
export const TasksPage = () => {
  const { query, set } = useQueryString();
  const state = oneOf(taskStates, query.get('state'));
  const sessionId = query.get('session');
  const read = useCallback(
    (cursor: string | undefined, signal: AbortSignal) =>
      ganglion.tasks.list(
        {
          all: true,
          limit: 100,
          ...(cursor ? { cursor } : {}),
          ...(state ? { state } : {}),
          ...(sessionId ? { sessionId } : {}),
        },
        { signal },
      ),
    [state, sessionId],
  );
  const tasks = useGrowingList<TaskRow>({ name: 'tasks', filter: { state, sessionId }, read, idOf });
  return (
    <Page title="Tasks">
      <Group gap="sm" align="flex-end" role="search" aria-label="tasks">
        <Select
          label="State"
          placeholder="any"
          clearable
          data={taskStates.map((value) => ({ value, label: stateName(value) }))}
          value={state}
          onChange={(value) => set({ state: value as TaskState | null })}
          w={180}
        />
        {sessionId && (
          <Button variant="default" onClick={() => set({ session: null })}>
            Of all sessions
          </Button>
        )}
        {tasks.data && (
          <Text size="sm" c="dimmed" role="status">
            {tasks.data.length}
            {tasks.hasMore ? ' or more' : ''}
          </Text>
        )}
      </Group>
      <Loaded query={tasks} what="the tasks" height={300}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={state || sessionId ? 'No task is like that' : 'No task yet'}>
              <Anchor component={Link} to="/playground">
                Ask the network something in the playground
              </Anchor>
            </Empty>
          ) : (
            <VirtualTable label="tasks" columns={columns} rows={rows} idOf={idOf} onEnd={tasks.readMore} />
          )
        }
      </Loaded>
    </Page>
  );
};
