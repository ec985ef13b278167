import type { Verdict } from '@ganglion/contracts';

/** What the oracle measured of one right answer; null = not seen. A type, since only those are JSON to the database. */
export type Sample = {
  /** ISO time of the verdict. */
  readonly at: string;
  readonly ttftMs: number | null;
  readonly tokensPerSecond: number | null;
  readonly promptTokens: number | null;
};

/** Speeds in tokens per second, times in ms; null = not known. */
export interface VerifiedSpeed {
  readonly decodeTokensPerSecond: number | null;
  readonly prefillTokensPerSecond: number | null;
  readonly ttftMs: number | null;
  /** Of the latest sample. */
  readonly measuredAt: string;
  readonly tests: number;
}

/** Tests that are remembered: enough that no single one decides, few enough that a slower machine is soon known. */
const KEPT = 9;

/** The samples with that of one more passed test, the latest last; a test of which nothing was measured adds none. */
export const withSample = (
  samples: readonly Sample[],
  { at, measured, promptTokens }: Pick<Verdict, 'at' | 'measured' | 'promptTokens'>,
): Sample[] => {
  const { ttftMs, tokensPerSecond } = measured;
  if (ttftMs === null && tokensPerSecond === null) return [...samples];
  return [...samples, { at, ttftMs, tokensPerSecond, promptTokens: promptTokens ?? null }].slice(-KEPT);
};

/**
 * What recent tests have shown. Of each figure the median, and of an even number of samples the worse of the middle two:
 * one test that went very fast raises nothing, half of them must. Prompts of tests are short, and the time to their
 * first token is partly that of the messages: prefill is measured by the longer half of the prompts, as tokens of the
 * prompt over time to first token, which is what the node does at least.
 */
export const verifiedSpeed = (samples: readonly Sample[]): VerifiedSpeed | null => {
  const last = samples.at(-1);
  if (!last) return null;
  const prefills = samples
    .filter(({ promptTokens, ttftMs }) => promptTokens !== null && ttftMs !== null && ttftMs > 0)
    .map(({ promptTokens, ttftMs }) => ({ tokens: promptTokens!, speed: (promptTokens! * 1_000) / ttftMs! }))
    .sort((a, b) => b.tokens - a.tokens);
  const longer = prefills.slice(0, Math.ceil(prefills.length / 2));
  return {
    decodeTokensPerSecond: lowerMedian(samples.map(({ tokensPerSecond }) => tokensPerSecond)),
    prefillTokensPerSecond: lowerMedian(longer.map(({ speed }) => speed)),
    ttftMs: upperMedian(samples.map(({ ttftMs }) => ttftMs)),
    measuredAt: last.at,
    tests: samples.length,
  };
};

const sorted = (values: readonly (number | null)[]): number[] =>
  values.filter((value) => value !== null).sort((a, b) => a - b);

const lowerMedian = (values: readonly (number | null)[]): number | null => {
  const known = sorted(values);
  return known[Math.floor((known.length - 1) / 2)] ?? null;
};

const upperMedian = (values: readonly (number | null)[]): number | null => {
  const known = sorted(values);
  return known[Math.floor(known.length / 2)] ?? null;
};
