/** Published for at least this long before it starts. */
export const LEAD_MS = 10_000;
/** After its end, events of its last precommits may still be under way. */
export const SETTLE_MS = 60_000;

export interface Span {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface EpochSettings {
  /** Millionths, of a node with the best score; 0: no audits. */
  readonly baseRate: number;
  readonly epochMs: number;
}

/** The epoch to be announced now: there is always one ahead, and they follow one another without a gap. */
export const nextEpoch = (last: Span | null, settings: EpochSettings, now: Date): Span | null => {
  if (settings.baseRate === 0 || (last && last.startsAt > now)) return null;
  const startsAt = Math.max(now.getTime() + LEAD_MS, last?.endsAt.getTime() ?? 0);
  return { startsAt: new Date(startsAt), endsAt: new Date(startsAt + settings.epochMs) };
};

/** Ends of epochs before this are past the time in which events of theirs may still come. */
export const settledBefore = (now: Date): Date => new Date(now.getTime() - SETTLE_MS);
