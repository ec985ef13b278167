import { type EventView, moduleNames } from '@ganglion/contracts';
import { Anchor, Button, Group, Select, Switch, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { Empty } from '../components/empty.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { StateBadge } from '../components/state-badge.js';
import { type Column, VirtualTable } from '../components/virtual-table.js';
import { idOfEvent, joined, passes, pathOf } from '../events/filter.js';
import { shortId, shortNode } from '../format.js';
import { useEventLog, useLive } from '../live/live.js';
import { ganglion } from '../network.js';
import { useQueryString } from '../query-string.js';

const entities = [
  'node',
  'task',
  'attempt',
  'session',
  'assignment',
  'round',
  'audit',
  'epoch',
  'score',
  'key',
  'model',
];
const none: readonly EventView[] = [];

const Entity = ({ event }: { event: EventView }) => {
  const path = pathOf(event);
  const name = event.entityId.startsWith('U') ? shortNode(event.entityId) : shortId(event.entityId);
  return (
    <span title={event.entityId}>
      {event.entity}{' '}
      {path === null ? (
        <span className="mono">{name}</span>
      ) : (
        <Anchor component={Link} to={path} size="sm" className="mono">
          {name}
        </Anchor>
      )}
    </span>
  );
};

const columns: readonly Column<EventView>[] = [
  {
    key: 'at',
    label: 'Time',
    width: '84px',
    isNarrow: true,
    render: ({ at }) => (
      <time title={new Date(at).toLocaleString()}>
        {new Date(at).toLocaleTimeString(undefined, { hour12: false })}
      </time>
    ),
  },
  { key: 'module', label: 'Module', width: '115px', render: ({ module }) => module },
  {
    key: 'entity',
    label: 'What',
    width: 'minmax(120px, 170px)',
    isNarrow: true,
    render: (event) => <Entity event={event} />,
  },
  { key: 'from', label: 'From', width: '125px', render: ({ from }) => from && <StateBadge state={from} /> },
  {
    key: 'to',
    label: 'To',
    width: '114px',
    isNarrow: true,
    render: ({ to, subject }) =>
      to === null ? (
        <span title={subject ?? ''}>{subject?.split('.').at(-1)}</span>
      ) : (
        <StateBadge state={to} />
      ),
  },
  {
    key: 'reason',
    label: 'Reason',
    width: 'minmax(160px, 1fr)',
    render: ({ reason }) =>
      reason && <span title={reason.message}>{`${reason.code}: ${reason.message}`}</span>,
  },
];

/** Everything that happened, newest first; what happens now is added on top. */
export const EventsPage = () => {
  const { query, set } = useQueryString();
  const [isFollowing, setFollowing] = useState(true);
  const asked = query.toString();
  const filter = useMemo(() => {
    const given = new URLSearchParams(asked);
    const value = (name: string) => given.get(name) ?? undefined;
    return {
      module: value('module'),
      entity: value('entity'),
      entityId: value('id'),
      to: value('to')?.toUpperCase(),
      code: value('code'),
    };
  }, [asked]);
  const events = useInfiniteQuery({
    queryKey: ['older', 'events', filter],
    queryFn: ({ signal, pageParam }) =>
      ganglion.admin.events(
        { ...filter, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: Infinity,
  });
  const log = useEventLog();
  const live = isFollowing ? log : none;
  const rows = useMemo(
    () =>
      joined(
        live.filter((event) => passes(event, filter)),
        events.data?.pages.flatMap(({ items }) => items) ?? [],
      ),
    [live, events.data, filter],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = events;
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const data = events.data || rows.length > 0 ? rows : undefined;

  return (
    <Page title="Events" actions={<Follow isFollowing={isFollowing} onChange={setFollowing} />}>
      <Group gap="sm" align="flex-end" role="search" aria-label="events">
        <Select
          label="Module"
          placeholder="any"
          clearable
          data={[...moduleNames]}
          value={filter.module ?? null}
          onChange={(value) => set({ module: value })}
          w={150}
        />
        <Select
          label="About"
          placeholder="anything"
          clearable
          data={entities}
          value={filter.entity ?? null}
          onChange={(value) => set({ entity: value })}
          w={140}
        />
        <Typed label="Id" name="id" placeholder="whole" />
        <Typed label="State entered" name="to" placeholder="quarantined" />
        <Typed label="Reason" name="code" placeholder="miner_lost" />
        {asked !== '' && (
          <Button
            variant="default"
            onClick={() => set({ module: null, entity: null, id: null, to: null, code: null })}
          >
            Show all
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {rows.length}
          {hasNextPage ? ' or more' : ''}
        </Text>
      </Group>
      <Loaded
        query={{ data, error: events.error, refetch: () => void events.refetch() }}
        what="the events"
        height={300}
      >
        {(list) =>
          list.length === 0 ? (
            <Empty title="No event is like that">What happens from now on is shown as it happens.</Empty>
          ) : (
            <VirtualTable
              label="events"
              columns={columns}
              rows={list}
              idOf={idOfEvent}
              onEnd={readMore}
              rowHeight={34}
            />
          )
        }
      </Loaded>
    </Page>
  );
};

/** A text that becomes part of the address when it is finished: not every key pressed is a question to the network. */
const Typed = ({ label, name, placeholder }: { label: string; name: string; placeholder: string }) => {
  const { query, set } = useQueryString();
  const value = query.get(name) ?? '';
  return (
    <TextInput
      key={value}
      label={label}
      placeholder={placeholder}
      defaultValue={value}
      onBlur={({ currentTarget }) => set({ [name]: currentTarget.value.trim() })}
      onKeyDown={({ key, currentTarget }) => key === 'Enter' && set({ [name]: currentTarget.value.trim() })}
      w={140}
    />
  );
};

const Follow = ({ isFollowing, onChange }: { isFollowing: boolean; onChange: (value: boolean) => void }) => {
  const { isLive } = useLive();
  return (
    <Switch
      label={isLive ? 'Follow' : 'Follow (disconnected)'}
      checked={isFollowing}
      onChange={({ currentTarget }) => onChange(currentTarget.checked)}
    />
  );
};
