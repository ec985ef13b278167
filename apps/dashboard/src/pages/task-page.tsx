import type { TaskView } from '@ganglion/contracts';
import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { Ago } from '../components/ago.js';
import { Copyable } from '../components/copyable.js';
import { Facts } from '../components/facts.js';
import { SessionLink } from '../components/links.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { Reason } from '../components/reason.js';
import { StateBadge } from '../components/state-badge.js';
import { duration, shortHash, shortId } from '../format.js';
import { ganglion } from '../network.js';
import { Replicas } from '../playground/replicas.js';
import { useTask } from '../queries.js';
import { AnswerPanel } from '../task/answer-panel.js';
import { ReceiptPanel } from '../task/receipt-panel.js';
import { Timeline } from '../task/timeline.js';

/** One task: its way through the network, what it gave, and the proof of it. */
export const TaskPage = () => {
  const { taskId = '' } = useParams();
  const task = useTask(taskId);
  return (
    <Page
      title={`Task ${shortId(taskId)}`}
      subtitle={
        <Group gap="sm">
          {task.data && <StateBadge state={task.data.state} size="md" />}
          <Copyable text={taskId} what="the task's id" />
          <Reason reason={task.data?.reason} />
        </Group>
      }
      actions={task.data && task.data.endedAt === null && <Cancel taskId={taskId} />}
    >
      <Loaded query={task} what="this task" height={240}>
        {(data) => <Whole task={data} />}
      </Loaded>
    </Page>
  );
};

const Whole = ({ task }: { task: TaskView }) => {
  const receipt = useQuery({
    queryKey: ['receipt', task.taskId],
    queryFn: ({ signal }) => ganglion.tasks.receipt(task.taskId, { signal }),
    enabled: task.result !== null,
    staleTime: Infinity,
  });
  const ran = task.endedAt === null ? null : Date.parse(task.endedAt) - Date.parse(task.submittedAt);
  return (
    <Stack gap="md">
      <Timeline task={task} />
      <AnswerPanel task={task} receipt={receipt.data} />
      <Replicas attempts={task.attempts} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Panel title="Task">
          <Facts
            of={[
              ['Model', task.model],
              ['Session', task.sessionId && <SessionLink sessionId={task.sessionId} />],
              ['Owner', task.owner ?? 'the network itself'],
              ['Miners asked', task.redundancy],
              ['Submitted', <Ago key="at" at={task.submittedAt} />],
              ['Took', duration(ran)],
              ['Place in the queue', task.position === 0 ? null : task.position],
              ...(task.result?.choices ?? []).map(
                ({ choice, head }) =>
                  [
                    `Head of choice ${choice}`,
                    <Copyable key="head" text={head} shown={shortHash(head)} what="the head" />,
                  ] as const,
              ),
            ]}
          />
        </Panel>
        {task.result === null ? (
          <Panel title="Receipt">
            <Text size="sm" c="dimmed">
              {task.endedAt === null ? 'It is signed when the answer is final.' : 'Nothing was committed.'}
            </Text>
          </Panel>
        ) : (
          <ReceiptPanel query={receipt} />
        )}
      </SimpleGrid>
    </Stack>
  );
};

const Cancel = ({ taskId }: { taskId: string }) => {
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => ganglion.tasks.cancel(taskId),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['task', taskId] }),
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={() => cancel.mutate()} loading={cancel.isPending}>
        Cancel
      </Button>
      {cancel.error && <Problem what="It was not cancelled" error={cancel.error} />}
    </>
  );
};
