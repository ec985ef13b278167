import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Empty } from '../components/empty.js';
import { Loaded } from '../components/loaded.js';
import { Panel } from '../components/panel.js';
import { useRounds } from '../queries.js';
import { speedsOf } from './speeds.js';

const SpeedPlot = lazy(() => import('./speed-plot.js'));

/** How fast a node was in its latest tests. */
export const SpeedPanel = ({ nodeId }: { nodeId: string }) => {
  const rounds = useRounds();
  return (
    <Panel title="Speed in tests">
      <Loaded query={rounds} what="its speeds" height={220}>
        {(all) => {
          const speeds = speedsOf(all, nodeId);
          if (speeds.length === 0)
            return <Empty title={`Measured in none of the latest ${all.length} rounds`} />;
          return (
            <Suspense fallback={<Skeleton h={220} />}>
              <SpeedPlot speeds={speeds} />
            </Suspense>
          );
        }}
      </Loaded>
    </Panel>
  );
};
