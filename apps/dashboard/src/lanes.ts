/** The geometry of lanes: how long something was in which state. Times are milliseconds since 1970. */

export interface Entry {
  readonly state: string;
  readonly at: string;
  readonly reason: string | null;
}

interface Span {
  readonly state: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string | null;
}

export interface Course {
  /** The states it stayed in, in their order. */
  readonly spans: readonly Span[];
  /** The state it came to rest in; null while it goes on. */
  readonly end: { readonly state: string; readonly at: number; readonly reason: string | null } | null;
}

/**
 * A history as spans: each state lasts until the next one was entered.
 * @param isOver the last state is where it rests; otherwise it lasts until `now`
 */
export const courseOf = (history: readonly Entry[], isOver: boolean, now: number): Course => {
  const times = history.map(({ at }) => Date.parse(at));
  const last = history.at(-1);
  const count = isOver ? history.length - 1 : history.length;
  const spans = history.slice(0, count).map(({ state, reason }, index) => ({
    state,
    reason,
    from: times[index]!,
    to: times[index + 1] ?? Math.max(now, times[index]!),
  }));
  const end = isOver && last ? { state: last.state, at: times.at(-1)!, reason: last.reason } : null;
  return { spans, end };
};

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** From the first to the last of them; never empty, so that places in it can be told. */
export const rangeOf = (courses: readonly Course[]): Range => {
  const times = courses.flatMap(({ spans, end }) => [
    ...spans.flatMap(({ from, to }) => [from, to]),
    ...(end ? [end.at] : []),
  ]);
  if (times.length === 0) return { from: 0, to: 1 };
  const from = Math.min(...times);
  return { from, to: Math.max(from + 1, ...times) };
};

/** Where a time is in a range, in percent. */
export const placeOf = (at: number, { from, to }: Range): number =>
  Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));

const NICE = [1, 2, 5];

/** Round times after the beginning, in milliseconds: at most `most` of them, 0 not counted. */
export const ticksOf = ({ from, to }: Range, most = 5): number[] => {
  const length = to - from;
  for (let power = 0; ; power++)
    for (const nice of NICE) {
      const step = nice * 10 ** power;
      if (length / step > most) continue;
      return Array.from({ length: Math.floor(length / step) }, (_, index) => (index + 1) * step);
    }
};

/** The same course as if it had begun at 0: to lay several beside each other that ran at different times. */
export const startingAtZero = ({ spans, end }: Course): Course => {
  const begin = spans[0]?.from ?? end?.at ?? 0;
  return {
    spans: spans.map((span) => ({ ...span, from: span.from - begin, to: span.to - begin })),
    end: end && { ...end, at: end.at - begin },
  };
};
