import type { KeyLimits, KeyView } from '@ganglion/contracts';
import { Button, Group, ScrollArea, Switch, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Ago } from '../components/ago.js';
import { Empty } from '../components/empty.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { Panel } from '../components/panel.js';
import { TableHead } from '../components/table-head.js';
import { compact } from '../format.js';
import { ChangeKey, RevokeKey } from '../keys/change-key.js';
import { CreateKey } from '../keys/create-key.js';
import { UsagePanel } from '../keys/usage-panel.js';
import { usePolling } from '../live/live.js';
import { ganglion } from '../network.js';
import { useQueryString } from '../query-string.js';

const PAGE = 50;

type Dialog = { kind: 'create' } | { kind: 'change' | 'revoke'; apiKey: KeyView } | null;

/** Who may use the network, how much, and how much they did. */
export const KeysPage = () => {
  const { query, set } = useQueryString();
  const revoked = query.get('revoked') === '1';
  const [dialog, setDialog] = useState<Dialog>(null);
  const keys = useInfiniteQuery({
    queryKey: ['keys', String(revoked)],
    queryFn: ({ signal, pageParam: cursor }) =>
      ganglion.admin.keys(
        { limit: PAGE, ...(cursor ? { cursor } : {}), ...(revoked ? { revoked } : {}) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: usePolling(15_000),
  });
  const close = () => setDialog(null);
  return (
    <Page
      title="Keys & usage"
      actions={
        <Button size="xs" onClick={() => setDialog({ kind: 'create' })}>
          New key
        </Button>
      }
    >
      <Panel
        title="Keys"
        actions={
          <Switch
            label="Revoked ones too"
            checked={revoked}
            onChange={({ currentTarget }) => set({ revoked: currentTarget.checked ? '1' : null })}
          />
        }
      >
        <Loaded query={keys} what="the keys" height={160}>
          {(list) =>
            list.length === 0 ? (
              <Empty title="No key yet">Make one for each application that asks the network.</Empty>
            ) : (
              <>
                <Keys keys={list} onDialog={setDialog} />
                {keys.hasNextPage && (
                  <Button
                    size="xs"
                    variant="default"
                    mt="sm"
                    loading={keys.isFetchingNextPage}
                    onClick={() => void keys.fetchNextPage()}
                  >
                    More keys
                  </Button>
                )}
              </>
            )
          }
        </Loaded>
      </Panel>
      <UsagePanel keys={keys.data ?? []} />
      {dialog?.kind === 'create' && <CreateKey onClose={close} />}
      {dialog?.kind === 'change' && <ChangeKey apiKey={dialog.apiKey} onClose={close} />}
      {dialog?.kind === 'revoke' && <RevokeKey apiKey={dialog.apiKey} onClose={close} />}
    </Page>
  );
};

const limitsInWords = ({ requestsPerMinute, concurrentTasks, tokensPerDay }: KeyLimits): string =>
  [
    requestsPerMinute !== null && `${compact(requestsPerMinute)} requests/min`,
    concurrentTasks !== null && `${compact(concurrentTasks)} tasks at once`,
    tokensPerDay !== null && `${compact(tokensPerDay)} tokens/day`,
  ]
    .filter(Boolean)
    .join(', ') || 'none';

const titles = ['Name', 'May', 'Limits', 'Tasks', 'Tokens', 'Made', ''];

const Keys = ({ keys, onDialog }: { keys: readonly KeyView[]; onDialog: (dialog: Dialog) => void }) => (
  <ScrollArea viewportProps={{ tabIndex: 0 }}>
    <Table miw={860} fz="sm" aria-label="keys">
      <TableHead titles={titles} />
      <Table.Tbody>
        {keys.map((apiKey) => {
          const { keyId, name, scopes, limits, usage, createdAt, revokedAt } = apiKey;
          return (
            <Table.Tr key={keyId}>
              <Table.Td>
                {name}
                <Text size="xs" c="dimmed" className="mono">
                  {keyId}
                </Text>
              </Table.Td>
              <Table.Td>{scopes.join(', ')}</Table.Td>
              <Table.Td>{limitsInWords(limits)}</Table.Td>
              <Table.Td>{compact(usage.tasks)}</Table.Td>
              <Table.Td>{compact(usage.promptTokens + usage.completionTokens)}</Table.Td>
              <Table.Td>
                <Ago at={createdAt} />
              </Table.Td>
              <Table.Td>
                {revokedAt === null ? (
                  <Group gap="xs" wrap="nowrap">
                    <Button
                      size="compact-xs"
                      variant="default"
                      onClick={() => onDialog({ kind: 'change', apiKey })}
                      aria-label={`change ${name}`}
                    >
                      Change
                    </Button>
                    <Button
                      size="compact-xs"
                      variant="default"
                      onClick={() => onDialog({ kind: 'revoke', apiKey })}
                      aria-label={`revoke ${name}`}
                    >
                      Revoke
                    </Button>
                  </Group>
                ) : (
                  <Text size="xs" c="dimmed">
                    revoked <Ago at={revokedAt} />
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  </ScrollArea>
);
