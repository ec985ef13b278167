/** What a node says of its own speed, smoothed. */
export interface OwnFigures {
  ttftMs: number | null;
  tokensPerSecond: number | null;
}

/** Weight of the newest report. */
const NEWEST = 0.2;

const smooth = (before: number | null, now: number | null): number | null => {
  if (now === null) return before;
  return before === null ? now : before + (now - before) * NEWEST;
};

/** The figures after one more report; a report without a figure leaves it as it was. */
export const blend = (before: OwnFigures, now: OwnFigures): OwnFigures => ({
  ttftMs: smooth(before.ttftMs, now.ttftMs),
  tokensPerSecond: smooth(before.tokensPerSecond, now.tokensPerSecond),
});
