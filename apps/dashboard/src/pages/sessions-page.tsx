import { type SessionState, sessionStates, type SessionView } from '@ganglion/contracts';
import { Anchor, Code, Group, Select, Text } from '@mantine/core';
import { useCallback } from 'react';
import { Link } from 'react-router';
import { Ago } from '../components/ago.js';
import { Empty } from '../components/empty.js';
import { SessionLink } from '../components/links.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { StateBadge } from '../components/state-badge.js';
import { type Column, VirtualTable } from '../components/virtual-table.js';
import { stateName } from '../format.js';
import { useGrowingList } from '../lists/use-growing-list.js';
import { ganglion } from '../network.js';
import { oneOf, useQueryString } from '../query-string.js';

const columns: readonly Column<SessionView>[] = [
  {
    key: 'session',
    label: 'Session',
    width: '90px',
    isNarrow: true,
    render: ({ sessionId }) => <SessionLink sessionId={sessionId} />,
  },
  {
    key: 'state',
    label: 'State',
    width: '115px',
    isNarrow: true,
    render: ({ state }) => <StateBadge state={state} />,
  },
  { key: 'kind', label: 'Kind', width: '80px', render: ({ kind }) => kind },
  { key: 'mode', label: 'Mode', width: '100px', render: ({ parameters }) => parameters.mode },
  { key: 'model', label: 'Model', width: 'minmax(120px, 1fr)', render: ({ parameters }) => parameters.model },
  { key: 'name', label: 'Name', width: 'minmax(90px, 1fr)', render: ({ parameters }) => parameters.name },
  {
    key: 'nodes',
    label: 'Nodes',
    width: '60px',
    isNumber: true,
    isNarrow: true,
    render: ({ nodes, parameters }) => `${nodes.length}/${parameters.maxNodes}`,
  },
  { key: 'created', label: 'Opened', width: '105px', render: ({ createdAt }) => <Ago at={createdAt} /> },
  {
    key: 'reason',
    label: 'Reason',
    width: 'minmax(110px, 1fr)',
    render: ({ reason }) => reason && <span title={reason.message}>{reason.code}</span>,
  },
];

const idOf = ({ sessionId }: SessionView): string => sessionId;

/** Everyone's sessions, newest first. */
export const SessionsPage = () => {
  const { query, set } = useQueryString();
  const state = oneOf(sessionStates, query.get('state'));
  const read = useCallback(
    (cursor: string | undefined, signal: AbortSignal) =>
      ganglion.sessions.list(
        { all: true, limit: 100, ...(cursor ? { cursor } : {}), ...(state ? { state } : {}) },
        { signal },
      ),
    [state],
  );
  const sessions = useGrowingList<SessionView>({ name: 'sessions', filter: { state }, read, idOf });
  return (
    <Page title="Sessions">
      <Group gap="sm" align="flex-end" role="search" aria-label="sessions">
        <Select
          label="State"
          placeholder="any"
          clearable
          data={sessionStates.map((value) => ({ value, label: stateName(value) }))}
          value={state}
          onChange={(value) => set({ state: value as SessionState | null })}
          w={180}
        />
        {sessions.data && (
          <Text size="sm" c="dimmed" role="status">
            {sessions.data.length}
            {sessions.hasMore ? ' or more' : ''}
          </Text>
        )}
      </Group>
      <Loaded query={sessions} what="the sessions" height={300}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={state ? 'No session is like that' : 'No session yet'}>
              A model’s shared session opens with its first question:{' '}
              <Anchor component={Link} to="/playground">
                ask one in the playground
              </Anchor>
              . Whoever wants nodes of their own opens one with <Code>POST /v1/sessions</Code>.
            </Empty>
          ) : (
            <VirtualTable
              label="sessions"
              columns={columns}
              rows={rows}
              idOf={idOf}
              onEnd={sessions.readMore}
            />
          )
        }
      </Loaded>
    </Page>
  );
};
