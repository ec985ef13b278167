import type { Phase, PhaseSeries } from '@ganglion/contracts';

export interface TrialBucket {
  /** Its beginning, milliseconds since 1970. */
  readonly at: number;
  readonly succeeded: number;
  readonly failed: number;
}

const DAY_MS = 86_400_000;
const STEPS_MS = [60_000, 300_000, 900_000, 3_600_000, 6 * 3_600_000, DAY_MS];
const MOST_BUCKETS = 60;

/**
 * A node's trials counted by time, of one phase or of all, oldest first and without holes: exact times as long as they are
 * kept, whole days before. The step is the smallest that needs no more than 60 buckets.
 */
export const trialBuckets = (series: readonly PhaseSeries[], phase: Phase | null): TrialBucket[] => {
  const chosen = series.filter((each) => phase === null || each.phase === phase);
  const times = chosen.flatMap(({ all }) => all);
  const days = chosen.flatMap((each) => each.days.map((day) => ({ ...day, at: Date.parse(day.day) })));
  const firstTime = Math.min(...times);
  const isOlder = days.some(({ at }) => at + DAY_MS <= firstTime);
  return isOlder || times.length === 0 ? byDay(days) : byTime(chosen, times);
};

const byTime = (series: readonly PhaseSeries[], times: readonly number[]): TrialBucket[] => {
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const step = STEPS_MS.find((each) => (last - first) / each < MOST_BUCKETS) ?? DAY_MS;
  const buckets = emptyBuckets(first, last, step);
  for (const { all, succeeded } of series) {
    const good = new Set(succeeded);
    for (const at of all)
      add(buckets, (at - buckets[0]!.at) / step, good.has(at) ? { succeeded: 1 } : { failed: 1 });
  }
  return buckets;
};

const byDay = (days: readonly { at: number; total: number; succeeded: number }[]): TrialBucket[] => {
  if (days.length === 0) return [];
  const times = days.map(({ at }) => at);
  const last = Math.max(...times);
  const first = Math.max(Math.min(...times), last - (MOST_BUCKETS - 1) * DAY_MS);
  const buckets = emptyBuckets(first, last, DAY_MS);
  for (const { at, total, succeeded } of days)
    add(buckets, (at - buckets[0]!.at) / DAY_MS, { succeeded, failed: total - succeeded });
  return buckets;
};

const emptyBuckets = (first: number, last: number, step: number): TrialBucket[] => {
  const begin = Math.floor(first / step) * step;
  const length = Math.floor((last - begin) / step) + 1;
  return Array.from({ length }, (_, index) => ({ at: begin + index * step, succeeded: 0, failed: 0 }));
};

const add = (
  buckets: TrialBucket[],
  place: number,
  { succeeded = 0, failed = 0 }: { succeeded?: number; failed?: number },
): void => {
  const index = Math.floor(place);
  const bucket = buckets[index];
  if (bucket)
    buckets[index] = {
      at: bucket.at,
      succeeded: bucket.succeeded + succeeded,
      failed: bucket.failed + failed,
    };
};

/** Of the time a bucket begins, as much as tells it from its neighbours. */
export const bucketName = (at: number, buckets: readonly TrialBucket[]): string => {
  const step = (buckets[1]?.at ?? at + DAY_MS) - (buckets[0]?.at ?? at);
  const date = new Date(at);
  const day = date.toLocaleDateString(undefined, { month: 'short', day: 'numeric' });
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return step >= DAY_MS ? day : step >= 3_600_000 ? `${day} ${time}` : time;
};
