import type { OverviewView } from '@ganglion/contracts';

/** Coordinates in a box of `width` × `height`: y grows downwards; a gap (null) breaks the line. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

const DASH = 4;

/**
 * The `d` of an SVG path through the values, from left to right. The lowest line is 0, so that sparklines of one figure
 * can be compared; a value that stands alone between gaps becomes a short dash.
 */
export const linePath = (values: readonly (number | null)[], { width, height }: Box): string => {
  const most = Math.max(0, ...values.filter((value) => value !== null));
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const yOf = (value: number): string => (most === 0 ? height : height - (value / most) * height).toFixed(1);
  return values
    .map((value, index) => {
      if (value === null) return '';
      const x = (index * step).toFixed(1);
      const isAlone = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
      if (isAlone) return `M${x} ${yOf(value)}h${DASH.toFixed(1)}`;
      return `${(values[index - 1] ?? null) === null ? 'M' : 'L'}${x} ${yOf(value)}`;
    })
    .join('');
};

/** What a sparkline shows of each bucket. */
export const sparklines = ({ series, bucketSeconds }: OverviewView) => ({
  tasks: series.map(({ tasks }) => tasks / bucketSeconds),
  tokens: series.map(({ tokens }) => tokens / bucketSeconds),
  ttft: series.map(({ ttftP95Ms }) => ttftP95Ms),
  queueWait: series.map(({ queueWaitP95Ms }) => queueWaitP95Ms),
  success: series.map(({ tasks, failed }) => (tasks === 0 ? null : 1 - failed / tasks)),
});

/** How many of each, in the order given; those of which there are none are left out. */
export const inOrder = <Key extends string>(
  order: readonly Key[],
  counts: Partial<Record<Key, number>>,
): { key: Key; count: number }[] =>
  order.map((key) => ({ key, count: counts[key] ?? 0 })).filter(({ count }) => count > 0);
