import type { RoundView } from '@ganglion/contracts';
import { Group, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { Copyable } from '../components/copyable.js';
import { Empty } from '../components/empty.js';
import { Facts } from '../components/facts.js';
import { Lanes } from '../components/lanes.js';
import { NodeLink, TaskLink } from '../components/links.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { Panel } from '../components/panel.js';
import { Reason } from '../components/reason.js';
import { StateBadge } from '../components/state-badge.js';
import { TableHead } from '../components/table-head.js';
import { compact, duration, shortId } from '../format.js';
import { courseOf, rangeOf } from '../lanes.js';
import { ganglion } from '../network.js';
import { useNow } from '../time.js';

/** One round: its phases, who had which part, and the verdict on each participant. */
export const RoundPage = () => {
  const { roundId = '' } = useParams();
  const round = useQuery({
    queryKey: ['round', roundId],
    queryFn: ({ signal }) => ganglion.round(roundId, { signal }),
    refetchInterval: ({ state: { data } }) => (data?.endedAt == null ? 2_000 : false),
  });
  return (
    <Page
      title={`Round ${shortId(roundId)}`}
      subtitle={
        <Group gap="sm">
          {round.data && <StateBadge state={round.data.state} size="md" />}
          <Copyable text={roundId} what="the round's id" />
          <Reason reason={round.data?.reason} />
        </Group>
      }
    >
      <Loaded query={round} what="this round" height={240}>
        {(data) => <Whole round={data} />}
      </Loaded>
    </Page>
  );
};

/** A node by its link; the oracle by its name. */
const Examiner = ({ name }: { name: string }) =>
  /^U[A-Z2-7]{55}$/.test(name) ? <NodeLink nodeId={name} /> : <span className="mono">{name}</span>;

const Whole = ({ round }: { round: RoundView }) => {
  const clock = useNow();
  const course = courseOf(round.history, round.endedAt !== null, round.endedAt === null ? clock : 0);
  return (
    <Stack gap="md">
      <Panel title="Phases">
        <Lanes
          lanes={[{ id: 'round', name: 'round', label: <Text size="sm">Round</Text>, course }]}
          range={rangeOf([course])}
          label="phases"
        />
      </Panel>
      <Panel title="Test">
        <Facts
          of={[
            ['Kind', round.kind],
            ['Model', round.model],
            ['Made by', <Examiner key="creator" name={round.creator} />],
            ['Prepared by', <Examiner key="preparer" name={round.preparer} />],
            ['Class', round.determinismClass],
            ['Oracle’s term', round.epoch],
          ]}
        />
      </Panel>
      <Panel title="Verdicts">
        {round.verdicts.length === 0 ? (
          <Empty title={`${round.participants.length} participants, no verdict yet`} />
        ) : (
          <Verdicts round={round} />
        )}
      </Panel>
    </Stack>
  );
};

const titles = ['Node', 'Verdict', 'Phases', 'First token', 'Tokens/s', 'Task', 'Reason'];

const Verdicts = ({ round }: { round: RoundView }) => (
  <ScrollArea viewportProps={{ tabIndex: 0 }}>
    <Table miw={760} fz="sm">
      <TableHead titles={titles} />
      <Table.Tbody>
        {round.verdicts.map(({ nodeId, taskId, passed, phases, measured, reason }) => (
          <Table.Tr key={nodeId}>
            <Table.Td>
              <NodeLink nodeId={nodeId} />
            </Table.Td>
            <Table.Td>
              <StateBadge state={passed ? 'PASSED' : 'FAILED'} />
            </Table.Td>
            <Table.Td>
              {Object.entries(phases)
                .map(([phase, isGood]) => `${isGood ? '' : 'not '}${phase}`)
                .join(', ')}
            </Table.Td>
            <Table.Td>{duration(measured.ttftMs)}</Table.Td>
            <Table.Td>
              {measured.tokensPerSecond === null ? '–' : compact(measured.tokensPerSecond, 1)}
            </Table.Td>
            <Table.Td>
              <TaskLink taskId={taskId} />
            </Table.Td>
            <Table.Td>
              <Reason reason={reason} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </ScrollArea>
);
