import type { KeyView } from '@ganglion/contracts';
import { Button, Group, Select, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Empty } from '../components/empty.js';
import { Loaded } from '../components/loaded.js';
import { Panel } from '../components/panel.js';
import { ganglion } from '../network.js';
import { saveFile } from '../save-file.js';
import { byDay, lastDays, toCsv } from './usage.js';

const UsagePlot = lazy(() => import('./usage-plot.js'));
const spans = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];

/** What was used, by day, of one key or of all. */
export const UsagePanel = ({ keys }: { keys: readonly KeyView[] }) => {
  const [days, setDays] = useState('30');
  const [keyId, setKeyId] = useState<string | null>(null);
  const range = lastDays(Number(days), Date.now());
  const usage = useQuery({
    queryKey: ['usage', range.from, range.to],
    queryFn: ({ signal }) => ganglion.admin.usage(range, { signal }),
  });
  const nameOf = (id: string | null): string =>
    keys.find((key) => key.keyId === id)?.name ?? 'a key that is gone';
  return (
    <Panel
      title="Usage"
      actions={
        <Group gap="xs">
          <Select
            aria-label="key"
            size="xs"
            placeholder="all keys"
            clearable
            data={keys.map(({ keyId: value, name }) => ({ value, label: name }))}
            value={keyId}
            onChange={setKeyId}
            w={160}
          />
          <Select
            aria-label="days"
            size="xs"
            data={spans}
            value={days}
            onChange={(value) => setDays(value ?? '30')}
            allowDeselect={false}
            w={100}
          />
          <Button
            size="xs"
            variant="default"
            disabled={!usage.data}
            onClick={() =>
              usage.data &&
              saveFile(`usage-${range.from}-${range.to}.csv`, 'text/csv', toCsv(usage.data.items, nameOf))
            }
          >
            Export CSV
          </Button>
        </Group>
      }
    >
      <Loaded query={usage} what="the usage" height={240}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing was used in this time" />
          ) : (
            <Suspense fallback={<Skeleton h={240} />}>
              <UsagePlot days={byDay(items, range, keyId)} />
            </Suspense>
          )
        }
      </Loaded>
    </Panel>
  );
};
