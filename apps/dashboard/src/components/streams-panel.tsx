import type { HealthView } from '@ganglion/contracts';
import { Button, ScrollArea, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { bytes, compact } from '../format.js';
import { isBehind } from '../health.js';
import { Empty } from './empty.js';
import { Panel } from './panel.js';
import { TableHead } from './table-head.js';

type Stream = HealthView['streams'][number];

const titles = ['Stream, consumer', 'Messages', 'Size', 'Not yet delivered', 'Not acknowledged'];

/** What the broker keeps, and which of its consumers are behind; there are dozens, and mostly none is. */
export const StreamsPanel = ({ streams }: { streams: readonly Stream[] }) => {
  const [hasAll, setAll] = useState(false);
  if (streams.length === 0)
    return (
      <Panel title="Streams">
        <Empty title="The broker told of no stream">Check that JetStream runs and provision has run.</Empty>
      </Panel>
    );
  return (
    <Panel
      title="Streams"
      actions={
        <Button size="xs" variant="default" onClick={() => setAll(!hasAll)} aria-pressed={hasAll}>
          {hasAll ? 'Only consumers that are behind' : 'All consumers'}
        </Button>
      }
    >
      <ScrollArea viewportProps={{ tabIndex: 0 }}>
        <Table miw={560} fz="sm">
          <TableHead titles={titles} />
          <Table.Tbody>
            {streams.map((stream) => (
              <StreamRows key={stream.name} stream={stream} hasAll={hasAll} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Panel>
  );
};

const StreamRows = ({ stream, hasAll }: { stream: Stream; hasAll: boolean }) => {
  const { name, messages, bytes: size, consumers } = stream;
  const behind = consumers.filter(isBehind);
  return (
    <>
      <Table.Tr>
        <Table.Td fw={600}>{name}</Table.Td>
        <Table.Td>{compact(messages)}</Table.Td>
        <Table.Td>{bytes(size)}</Table.Td>
        <Table.Td colSpan={2}>
          <Text size="sm" c="dimmed">
            {consumers.length} consumers, {behind.length} behind
          </Text>
        </Table.Td>
      </Table.Tr>
      {(hasAll ? consumers : behind).map((consumer) => (
        <Table.Tr key={consumer.name}>
          <Table.Td pl="xl" colSpan={3}>
            {consumer.name}
          </Table.Td>
          <Table.Td>{compact(consumer.pending)}</Table.Td>
          <Table.Td>{compact(consumer.unacknowledged)}</Table.Td>
        </Table.Tr>
      ))}
    </>
  );
};
