import { type Phase, phases } from '@ganglion/contracts';
import { Select, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Empty } from '../components/empty.js';
import { Loaded } from '../components/loaded.js';
import { Panel } from '../components/panel.js';
import { ganglion } from '../network.js';
import { trialBuckets } from './trials.js';

const TrialsPlot = lazy(() => import('./trials-plot.js'));

/** How a node's trials went over time, of one phase or of all. */
export const TrialsPanel = ({ nodeId }: { nodeId: string }) => {
  const [phase, setPhase] = useState<Phase | null>(null);
  const series = useQuery({
    queryKey: ['node', nodeId, 'series'],
    queryFn: ({ signal }) => ganglion.reputation.series(nodeId, undefined, { signal }),
  });
  return (
    <Panel
      title="Trials"
      actions={
        <Select
          aria-label="phase"
          size="xs"
          placeholder="all phases"
          clearable
          data={[...phases]}
          value={phase}
          onChange={(value) => setPhase(value as Phase | null)}
        />
      }
    >
      <Loaded query={series} what="its trials" height={220}>
        {(data) => {
          const buckets = trialBuckets(data.series, phase);
          if (buckets.length === 0) return <Empty title="It was not tried yet" />;
          return (
            <Suspense fallback={<Skeleton h={220} />}>
              <TrialsPlot buckets={buckets} />
            </Suspense>
          );
        }}
      </Loaded>
    </Panel>
  );
};
