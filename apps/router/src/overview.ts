import type { OutputOf, OverviewView, sessionQueue } from '@ganglion/contracts';

/** Lengths of a step in seconds, such as people think in. */
const STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600];
const MOST_STEPS = 60;

export interface Span {
  readonly from: string;
  readonly to: string;
  readonly bucketSeconds: number;
}

/** The latest so many minutes before `now`, in at most 60 steps. */
export const latest = (minutes: number, now: Date): Span => {
  const seconds = minutes * 60;
  const bucketSeconds = STEPS.find((step) => seconds / step <= MOST_STEPS) ?? Math.ceil(seconds / MOST_STEPS);
  // Whole steps: a last one that has only just begun would look like a fall.
  const length = Math.ceil(seconds / bucketSeconds) * bucketSeconds;
  const from = new Date(now.getTime() - length * 1_000);
  return { from: from.toISOString(), to: now.toISOString(), bucketSeconds };
};

/** What the queue and the pool know, as one view. */
export const overviewOf = (
  span: Span,
  figures: OutputOf<typeof sessionQueue.figures>,
  nodes: OverviewView['nodes'],
): OverviewView => {
  const { finalised, failed, expired } = figures.ended;
  const seconds = (Date.parse(span.to) - Date.parse(span.from)) / 1_000;
  const sum = (of: 'tasks' | 'tokens'): number => figures.series.reduce((total, each) => total + each[of], 0);
  const judged = finalised + failed + expired;
  return {
    ...span,
    nodes,
    ...figures,
    tokensPerSecond: sum('tokens') / seconds,
    tasksPerSecond: sum('tasks') / seconds,
    successRate: judged === 0 ? null : finalised / judged,
  };
};
