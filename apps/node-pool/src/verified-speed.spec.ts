import { type Sample, verifiedSpeed, withSample } from './verified-speed.js';

const at = (minute: number): string => new Date(1_800_000_000_000 + minute * 60_000).toISOString();
const sample = (more: Partial<Sample> = {}): Sample => ({
  at: at(0),
  ttftMs: 20,
  tokensPerSecond: 100,
  promptTokens: 10,
  ...more,
});
const decoded = (...speeds: (number | null)[]): Sample[] =>
  speeds.map((tokensPerSecond) => sample({ tokensPerSecond }));

describe('the verified speed', () => {
  it('is not known before anything was measured', () => {
    expect(verifiedSpeed([])).toBeNull();
    const nothing = { ttftMs: null, tokensPerSecond: null, durationMs: 12 };
    expect(withSample([], { at: at(0), measured: nothing })).toEqual([]);
  });

  it('is what one test showed when there is but one', () => {
    const measured = { ttftMs: 50, tokensPerSecond: 80, durationMs: 400 };
    const samples = withSample([], { at: at(7), measured, promptTokens: 25 });
    expect(verifiedSpeed(samples)).toEqual({
      decodeTokensPerSecond: 80,
      prefillTokensPerSecond: 500,
      ttftMs: 50,
      measuredAt: at(7),
      tests: 1,
    });
  });

  it('is not raised by one very fast test, however few there are', () => {
    expect(verifiedSpeed(decoded(100, 90_000))?.decodeTokensPerSecond).toBe(100);
    expect(verifiedSpeed(decoded(100, 102, 90_000))?.decodeTokensPerSecond).toBe(102);
    expect(verifiedSpeed(decoded(100, 101, 102, 90_000))?.decodeTokensPerSecond).toBe(101);
  });

  it('is not lowered by one slow test among several', () => {
    expect(verifiedSpeed(decoded(100, 1, 102))?.decodeTokensPerSecond).toBe(100);
  });

  it('passes over what was not seen', () => {
    expect(verifiedSpeed(decoded(null, 70, null))?.decodeTokensPerSecond).toBe(70);
    expect(verifiedSpeed(decoded(null))?.decodeTokensPerSecond).toBeNull();
  });

  it('follows a node that has become slower within nine tests', () => {
    let samples = decoded(...Array<number>(20).fill(100)).slice(-9);
    for (let test = 0; test < 5; test++)
      samples = withSample(samples, {
        at: at(test),
        measured: { ttftMs: 20, tokensPerSecond: 10, durationMs: 1 },
      });
    expect(samples).toHaveLength(9);
    expect(verifiedSpeed(samples)).toMatchObject({ decodeTokensPerSecond: 10, measuredAt: at(4) });
  });

  it('measures prefill by the longer prompts, where the way of the messages weighs least', () => {
    const samples = [
      sample({ promptTokens: 10, ttftMs: 20 }),
      sample({ promptTokens: 12, ttftMs: 20 }),
      sample({ promptTokens: 1_000, ttftMs: 500 }),
      sample({ promptTokens: 800, ttftMs: 500 }),
      sample({ promptTokens: null, ttftMs: 1 }),
    ];
    expect(verifiedSpeed(samples)?.prefillTokensPerSecond).toBe(1_600);
  });

  it('shows the worse of the middle two times to first token', () => {
    expect(verifiedSpeed([sample({ ttftMs: 20 }), sample({ ttftMs: 30 })])?.ttftMs).toBe(30);
  });
});
