import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { compact } from '../format.js';
import type { UsageDay } from './usage.js';

/** Tokens by day. In a chunk of its own: the chart library is large. */
export default function UsagePlot({ days }: { days: readonly UsageDay[] }) {
  return (
    <BarChart
      h={240}
      type="stacked"
      data={days.map(({ day, ...rest }) => ({ ...rest, day: day.slice(5) }))}
      dataKey="day"
      series={[
        { name: 'prompt', label: 'prompt tokens', color: 'indigo.4' },
        { name: 'completion', label: 'completion tokens', color: 'teal.6' },
      ]}
      withLegend
      valueFormatter={(value) => compact(value)}
      barProps={{ isAnimationActive: false }}
    />
  );
}
