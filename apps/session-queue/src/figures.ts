import type { OverviewView } from '@ganglion/contracts';

/** Figures of the tasks that ended in one step of the time, or (without a step) in all of it. */
export interface Figures {
  /** Counted from 0; null: of the whole time. */
  readonly bucket: number | null;
  readonly finalised: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly expired: number;
  readonly tokens: number;
  /** Milliseconds, 50th, 95th and 99th percentile; null: none was measured. */
  readonly ttftMs: readonly number[] | null;
  readonly queueWaitMs: readonly number[] | null;
}

/** A time, and how it is cut: epoch ms, the end excluded. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketSeconds: number;
}

/** Every step of the time, also those in which nothing ended, the oldest first. */
export const seriesOf = (figures: readonly Figures[], span: Span): OverviewView['series'] => {
  const bucketMs = span.bucketSeconds * 1_000;
  const byBucket = new Map(figures.map((each) => [each.bucket, each]));
  return Array.from({ length: bucketsIn(span) }, (_, bucket) => {
    const at = new Date(span.fromMs + bucket * bucketMs).toISOString();
    const { finalised, failed, cancelled, expired, tokens, ttftMs, queueWaitMs } =
      byBucket.get(bucket) ?? nothing;
    return {
      at,
      tasks: finalised + failed + cancelled + expired,
      failed: failed + expired,
      tokens,
      ttftP50Ms: ttftMs?.[0] ?? null,
      ttftP95Ms: ttftMs?.[1] ?? null,
      queueWaitP95Ms: queueWaitMs?.[1] ?? null,
    };
  });
};

export const bucketsIn = ({ fromMs, toMs, bucketSeconds }: Span): number =>
  Math.max(0, Math.ceil((toMs - fromMs) / (bucketSeconds * 1_000)));

/** Of the whole time. */
export const wholeOf = (figures: readonly Figures[]) => {
  const { finalised, failed, cancelled, expired, ...whole } =
    figures.find(({ bucket }) => bucket === null) ?? nothing;
  return {
    ended: { finalised, failed, cancelled, expired },
    ttftMs: percentilesOf(whole.ttftMs),
    queueWaitMs: percentilesOf(whole.queueWaitMs),
  };
};

const percentilesOf = (values: readonly number[] | null): OverviewView['ttftMs'] => {
  const [p50, p95, p99] = values ?? [];
  return p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 };
};

const nothing: Figures = {
  bucket: null,
  finalised: 0,
  failed: 0,
  cancelled: 0,
  expired: 0,
  tokens: 0,
  ttftMs: null,
  queueWaitMs: null,
};
