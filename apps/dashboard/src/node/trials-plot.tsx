import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { bucketName, type TrialBucket } from './trials.js';

/** Bars of what succeeded and what failed. In a chunk of its own: the chart library is large. */
export default function TrialsPlot({ buckets }: { buckets: readonly TrialBucket[] }) {
  return (
    <BarChart
      h={220}
      type="stacked"
      data={buckets.map(({ at, succeeded, failed }) => ({
        time: bucketName(at, buckets),
        succeeded,
        failed,
      }))}
      dataKey="time"
      series={[
        { name: 'succeeded', color: 'teal.6' },
        { name: 'failed', color: 'red.6' },
      ]}
      withLegend
      barProps={{ isAnimationActive: false }}
    />
  );
}
