import type { ContenderName } from './contenders.js';
import type { Entry } from './plan.js';
import { ratio, summarise } from './report.js';

const entry = (
  round: number,
  contender: ContenderName,
  step: string,
  figures: Record<string, number | null>,
): Entry => ({ round, contender, step, figures });

const single = 'int4.single';
const decoding: Entry[] = [
  entry(1, 'ours', single, { decode64_ms: 5 }),
  entry(1, 'llamacpp', single, { decode64_ms: 10 }),
  // A round in which everything was ten times slower.
  entry(2, 'ours', single, { decode64_ms: 50 }),
  entry(2, 'llamacpp', single, { decode64_ms: 110 }),
  entry(3, 'ours', single, { decode64_ms: 6 }),
  entry(3, 'llamacpp', single, { decode64_ms: 9 }),
];

describe('a ratio', () => {
  it('of times is theirs by ours, the median of the rounds', () => {
    expect(summarise(decoding).ratios['decode64_vs_llamacpp']).toBe(2);
  });

  it('of speeds is ours by theirs', () => {
    const speeds = [
      entry(1, 'ours', 'int4.batch8', { tokens_per_s: 300 }),
      entry(1, 'llamacpp', 'int4.batch8', { tokens_per_s: 100 }),
    ];
    expect(summarise(speeds).ratios['together8_vs_llamacpp']).toBe(3);
  });

  it('leaves out rounds in which one side failed, and is none when all did', () => {
    const failed = [entry(4, 'ours', single, { decode64_ms: 1 }), entry(4, 'llamacpp', single, {})];
    expect(summarise([...decoding, ...failed]).ratios['decode64_vs_llamacpp']).toBe(2);
    expect(summarise(failed).ratios['decode64_vs_llamacpp']).toBeNull();
  });

  it('takes no figure of another step', () => {
    const other = decoding.map((one) => ({ ...one, step: 'int8.single' }));
    const definition = { name: 'x', figure: `${single}.decode64_ms`, against: 'llamacpp' } as const;
    expect(ratio(other, definition)).toBeNull();
  });
});

describe('the summary', () => {
  it('has the medians of every contender by figure', () => {
    expect(summarise(decoding).medians).toEqual({
      ours: { 'int4.single.decode64_ms': 6 },
      llamacpp: { 'int4.single.decode64_ms': 10 },
    });
  });

  it("has our own loop's delay and time to cancel", () => {
    const own = [
      entry(1, 'ours', 'int4.batch8', { loop_delay_p50_ms: 1, loop_delay_p99_ms: 9 }),
      entry(1, 'fallback', 'int4.batch8', { loop_delay_p50_ms: 5, loop_delay_p99_ms: 99 }),
      entry(1, 'ours', 'int4.cancel', { cancel_prefill_ms: 42 }),
    ];
    expect(summarise(own)).toMatchObject({
      loop_delay_p50_ms: 1,
      loop_delay_p99_ms: 9,
      cancel_prefill_ms: 42,
    });
  });
});
