import type { EpochView } from '@ganglion/contracts';
import { Button, Group, ScrollArea, Table, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Copyable } from '../components/copyable.js';
import { Empty } from '../components/empty.js';
import { Loaded } from '../components/loaded.js';
import { Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { percent, shortHash } from '../format.js';
import { usePolling } from '../live/live.js';
import { ganglion } from '../network.js';

const MILLION = 1_000_000;

/** Audits by epoch; whoever doubts the draws recomputes them here from the revealed seed. */
export const EpochsPanel = () => {
  const epochs = useQuery({
    queryKey: ['epochs'],
    queryFn: ({ signal }) => ganglion.audits.epochs({ limit: 30 }, { signal }),
    refetchInterval: usePolling(),
  });
  return (
    <Panel title="Audits">
      <Loaded query={epochs} what="the epochs" height={160}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No epoch yet">Answers are audited by lot, an epoch after the other.</Empty>
          ) : (
            <ScrollArea viewportProps={{ tabIndex: 0 }}>
              <Table miw={640} fz="sm">
                <Table.Thead>
                  <Table.Tr>
                    {['Epoch', 'Began', 'Rate', 'Seed', 'Draws'].map((name) => (
                      <Table.Th key={name}>{name}</Table.Th>
                    ))}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((epoch) => (
                    <Row key={epoch.epoch} epoch={epoch} />
                  ))}
                </Table.Tbody>
              </Table>
            </ScrollArea>
          )
        }
      </Loaded>
    </Panel>
  );
};

const Row = ({ epoch }: { epoch: EpochView }) => (
  <Table.Tr>
    <Table.Td>{epoch.epoch}</Table.Td>
    <Table.Td>
      <time dateTime={epoch.startsAt}>{new Date(epoch.startsAt).toLocaleString()}</time>
    </Table.Td>
    <Table.Td>{percent(epoch.baseRate / MILLION)}</Table.Td>
    <Table.Td>
      <Copyable
        text={epoch.seed ?? epoch.seedHash}
        shown={shortHash(epoch.seed ?? epoch.seedHash)}
        what={epoch.seed === null ? 'the hash of the seed' : 'the seed'}
      />
    </Table.Td>
    <Table.Td>
      {epoch.closedAt === null ? (
        <Text size="sm" c="dimmed">
          open until <time dateTime={epoch.endsAt}>{new Date(epoch.endsAt).toLocaleTimeString()}</time>
        </Text>
      ) : (
        <Recompute number={epoch.epoch} />
      )}
    </Table.Td>
  </Table.Tr>
);

const Recompute = ({ number }: { number: number }) => {
  const check = useMutation({ mutationFn: () => ganglion.audits.verify(number) });
  if (check.error)
    return <Problem what="Not recomputed" error={check.error} onRetry={() => check.mutate()} />;
  if (!check.data)
    return (
      <Button size="compact-xs" variant="default" onClick={() => check.mutate()} loading={check.isPending}>
        Recompute
      </Button>
    );
  const { draws, audited, problems } = check.data;
  return (
    <Group gap="xs" role="status">
      <Text size="sm">
        {audited} of {draws} audited,{' '}
        {problems.length === 0 ? 'exactly those of the seed' : `${problems.length} not as the seed says`}
      </Text>
    </Group>
  );
};
