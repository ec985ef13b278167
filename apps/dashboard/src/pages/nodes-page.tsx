import { nodeStates, type NodeView } from '@ganglion/contracts';
import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Ago } from '../components/ago.js';
import { Empty } from '../components/empty.js';
import { AddMiner } from '../components/add-miner.js';
import { NodeLink } from '../components/links.js';
import { Loaded } from '../components/loaded.js';
import { NodeTiles } from '../components/node-tiles.js';
import { Page } from '../components/page.js';
import { Panel } from '../components/panel.js';
import { StateBadge } from '../components/state-badge.js';
import { StateBar } from '../components/state-bar.js';
import { type Column, VirtualTable } from '../components/virtual-table.js';
import { compact, stateName } from '../format.js';
import { countBy, filterNodes, sortedBy } from '../node-list.js';
import { oneOf, useQueryString } from '../query-string.js';
import { useNodes } from '../queries.js';
import { inOrder } from '../series.js';

const sorts: Readonly<Record<string, (node: NodeView) => string | number | null | undefined>> = {
  node: ({ nodeId }) => nodeId,
  state: ({ state }) => nodeStates.indexOf(state),
  model: ({ model }) => model,
  speed: ({ tokensPerSecond }) => tokensPerSecond,
  score: ({ score }) => score,
  level: ({ level }) => level,
  slots: ({ slots }) => slots,
  seen: ({ lastSeenAt }) => lastSeenAt,
  joined: ({ createdAt }) => createdAt,
};

const sortKeys = Object.keys(sorts);

const columns: readonly Column<NodeView>[] = [
  {
    key: 'node',
    label: 'Node',
    width: '100px',
    isNarrow: true,
    render: ({ nodeId }) => <NodeLink nodeId={nodeId} />,
  },
  {
    key: 'state',
    label: 'State',
    width: '120px',
    isNarrow: true,
    render: ({ state }) => <StateBadge state={state} />,
  },
  { key: 'model', label: 'Model', width: 'minmax(120px, 1fr)', render: ({ model }) => model },
  {
    key: 'speed',
    label: 'Tokens/s',
    width: '80px',
    isNumber: true,
    isNarrow: true,
    render: ({ tokensPerSecond }) => (tokensPerSecond === null ? '–' : compact(tokensPerSecond, 1)),
  },
  {
    key: 'score',
    label: 'Score',
    width: '70px',
    isNumber: true,
    render: ({ score }) => score?.toFixed(3) ?? '–',
  },
  { key: 'level', label: 'Level', width: '60px', isNumber: true, render: ({ level }) => level ?? '–' },
  { key: 'slots', label: 'Slots', width: '60px', isNumber: true, render: ({ slots }) => slots },
  { key: 'seen', label: 'Seen', width: '90px', render: ({ lastSeenAt }) => <Ago at={lastSeenAt} /> },
  { key: 'joined', label: 'Joined', width: '90px', render: ({ createdAt }) => <Ago at={createdAt} /> },
  {
    key: 'reason',
    label: 'Reason',
    width: 'minmax(120px, 2fr)',
    render: ({ reason }) => reason && <span title={reason.message}>{reason.code}</span>,
  },
];

/** The pool: tiles to see it, a table to search it. */
export const NodesPage = () => {
  const nodes = useNodes();
  const [hasTiles, setTiles] = useState(true);
  const [isAdding, setAdding] = useState(false);
  return (
    <Page
      title="Nodes"
      subtitle={nodes.data && `${nodes.data.length} in the pool`}
      actions={
        <>
          <Button variant="default" size="xs" onClick={() => setTiles(!hasTiles)} aria-pressed={hasTiles}>
            {hasTiles ? 'Hide tiles' : 'Show tiles'}
          </Button>
          <Button size="xs" onClick={() => setAdding(!isAdding)} aria-expanded={isAdding}>
            Add a miner
          </Button>
        </>
      }
    >
      {isAdding && nodes.data?.length !== 0 && <AddMiner title="Another miner" />}
      <Loaded query={nodes} what="the nodes" height={300}>
        {(list) => (list.length === 0 ? <AddMiner /> : <Pool nodes={list} hasTiles={hasTiles} />)}
      </Loaded>
    </Page>
  );
};

const Pool = ({ nodes, hasTiles }: { nodes: readonly NodeView[]; hasTiles: boolean }) => {
  const { query, set } = useQueryString();
  const filter = {
    text: query.get('q') ?? '',
    state: oneOf(nodeStates, query.get('state')),
    model: query.get('model'),
    level: query.get('level') === null ? null : Number(query.get('level')),
  };
  const sort = { key: query.get('sort') ?? 'state', isDescending: query.get('desc') === '1' };
  const { text, state, model, level } = filter;
  const found = useMemo(
    () => filterNodes(nodes, { text, state, model, level }),
    [nodes, text, state, model, level],
  );
  const rows = useMemo(
    () => sortedBy(found, sorts[sort.key] ?? sorts['state']!, sort.isDescending),
    [found, sort.key, sort.isDescending],
  );
  const inStates = countBy(nodes, (node) => node.state);
  return (
    <>
      {hasTiles && (
        <Panel title="Pool">
          <StateBar
            counts={inOrder(nodeStates, inStates)}
            what="nodes"
            linkOf={(each) => `/nodes?state=${each}`}
          />
          <NodeTiles nodes={rows} />
        </Panel>
      )}
      <Group gap="sm" align="flex-end" role="search" aria-label="nodes">
        <TextInput
          label="Search"
          placeholder="id, model, processor, reason"
          value={text}
          onChange={({ currentTarget }) => set({ q: currentTarget.value })}
          w={{ base: '100%', sm: 260 }}
        />
        <Select
          label="State"
          placeholder="any"
          clearable
          data={nodeStates.map((value) => ({
            value,
            label: `${stateName(value)} (${inStates[value] ?? 0})`,
          }))}
          value={state}
          onChange={(value) => set({ state: value })}
          w={180}
        />
        <Select
          label="Model"
          placeholder="any"
          clearable
          searchable
          data={[...new Set(nodes.map((node) => node.model))].sort()}
          value={model}
          onChange={(value) => set({ model: value })}
          w={180}
        />
        <Select
          label="Level"
          placeholder="any"
          clearable
          data={Array.from({ length: 10 }, (_, at) => ({
            value: String(at + 1),
            label: `${at + 1} or more`,
          }))}
          value={query.get('level')}
          onChange={(value) => set({ level: value })}
          w={120}
        />
        <Text size="sm" c="dimmed" role="status">
          {rows.length} of {nodes.length}
        </Text>
      </Group>
      {rows.length === 0 ? (
        <Empty title="No node is like that">
          <Button variant="default" onClick={() => set({ q: null, state: null, model: null, level: null })}>
            Show all nodes
          </Button>
        </Empty>
      ) : (
        <VirtualTable
          label="nodes"
          columns={columns}
          rows={rows}
          idOf={({ nodeId }) => nodeId}
          sort={sort}
          sortKeys={sortKeys}
          onSort={({ key, isDescending }) => set({ sort: key, desc: isDescending ? '1' : null })}
        />
      )}
    </>
  );
};
