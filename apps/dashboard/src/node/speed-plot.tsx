import '@mantine/charts/styles.css';
import { LineChart } from '@mantine/charts';
import type { Speed } from './speeds.js';

/** Speed by test. In a chunk of its own: the chart library is large. */
export default function SpeedPlot({ speeds }: { speeds: readonly Speed[] }) {
  return (
    <LineChart
      h={220}
      data={speeds.map(({ at, tokensPerSecond }) => ({
        time: new Date(at).toLocaleTimeString(),
        speed: Math.round(tokensPerSecond * 10) / 10,
      }))}
      dataKey="time"
      series={[{ name: 'speed', label: 'tokens per second', color: 'indigo.6' }]}
      yAxisProps={{ domain: [0, 'auto'] }}
      curveType="linear"
      lineProps={{ isAnimationActive: false }}
    />
  );
}
