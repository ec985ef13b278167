import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { linePath } from '../series.js';

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly note?: ReactNode;
  /** Its values over time; no place is kept for them without. */
  readonly series?: readonly (number | null)[];
  readonly colour?: string;
}

const box = { width: 200, height: 34 };

/** One figure, large, with how it went. */
export const Figure = ({ label, value, note, series, colour = 'indigo' }: FigureProps) => (
  <Paper withBorder p="sm" role="group" aria-label={`${label}: ${value}`} miw={0}>
    <Text size="sm" c="dimmed">
      {label}
    </Text>
    <div className="figure">{value}</div>
    <Text size="xs" c="dimmed" component="div" mih={18} className="said">
      {note}
    </Text>
    {series && (
      <svg
        className="sparkline"
        viewBox={`0 -1 ${box.width} ${box.height + 2}`}
        preserveAspectRatio="none"
        aria-hidden
      >
        <path
          d={linePath(series, box)}
          fill="none"
          stroke={`var(--mantine-color-${colour}-6)`}
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
    )}
  </Paper>
);
