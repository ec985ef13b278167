import type { ContenderName } from './contenders.js';
import type { Entry } from './plan.js';
import { medianOf } from './statistics.js';

export interface RatioDefinition {
  name: string;
  /** Step and figure. */
  figure: string;
  against: ContenderName;
  /** Tokens per second, of which more are better, and not milliseconds. */
  isSpeed?: boolean;
}

const decode = (figure: string, step: string, against: ContenderName): Omit<RatioDefinition, 'name'> => ({
  figure: `${step}.${figure}`,
  against,
});

const speeds = (name: string, step: string): RatioDefinition[] =>
  (['llamacpp', 'transformersjs', 'fallback'] as const).map((against) => ({
    name: `${name}_vs_${against}`,
    figure: `${step}.tokens_per_s`,
    against,
    isSpeed: true,
  }));

/** How much faster ours is: above 1 is faster. */
const RATIOS: readonly RatioDefinition[] = [
  { name: 'decode64_vs_llamacpp', ...decode('decode64_ms', 'int4.single', 'llamacpp') },
  { name: 'decode512_vs_llamacpp', ...decode('decode512_ms', 'int4.single', 'llamacpp') },
  { name: 'decode64_vs_transformersjs', ...decode('decode64_ms', 'int4.single', 'transformersjs') },
  { name: 'decode512_vs_transformersjs', ...decode('decode512_ms', 'int4.single', 'transformersjs') },
  { name: 'decode64_vs_fallback', ...decode('decode64_ms', 'int4.single', 'fallback') },
  { name: 'decode512_vs_fallback', ...decode('decode512_ms', 'int4.single', 'fallback') },
  { name: 'decode64_int8_vs_llamacpp', ...decode('decode64_ms', 'int8.single', 'llamacpp') },
  { name: 'decode512_int8_vs_llamacpp', ...decode('decode512_ms', 'int8.single', 'llamacpp') },
  { name: 'decode64_fp32_vs_llamacpp', ...decode('decode64_ms', 'fp32.single', 'llamacpp') },
  { name: 'decode512_fp32_vs_llamacpp', ...decode('decode512_ms', 'fp32.single', 'llamacpp') },
  { name: 'prefill512_vs_llamacpp', ...decode('prefill512_ms', 'int4.single', 'llamacpp') },
  ...speeds('batch8', 'int4.traffic8'),
  ...[1, 4, 8, 16].flatMap((batch) => speeds(`together${batch}`, `int4.batch${batch}`)),
  { name: 'ttft_loaded_vs_llamacpp', ...decode('ttft_loaded_ms', 'int4.load', 'llamacpp') },
];

/** The median over the rounds of what a contender measured; null when it never did. */
function medianFigure(entries: readonly Entry[], contender: ContenderName, figure: string): number | null {
  return medianOf(entries.map((entry) => (entry.contender === contender ? figureOf(entry, figure) : null)));
}

/** The median over the rounds of each round's own ratio: what slowed a round slowed both sides of it. */
export function ratio(
  entries: readonly Entry[],
  { figure, against, isSpeed }: RatioDefinition,
): number | null {
  const rounds = new Set(entries.map(({ round }) => round));
  const ratios = [...rounds].map((round) => {
    const own = entries.filter((entry) => entry.round === round);
    const [ours, theirs] = [medianFigure(own, 'ours', figure), medianFigure(own, against, figure)];
    if (!ours || !theirs) return null;
    return isSpeed ? ours / theirs : theirs / ours;
  });
  return medianOf(ratios);
}

/** `figure` is `<step>.<name>`. */
function figureOf(entry: Entry, figure: string): number | null {
  const at = figure.lastIndexOf('.');
  return entry.step === figure.slice(0, at) ? (entry.figures[figure.slice(at + 1)] ?? null) : null;
}

/** The figures that a contender has in any round, as `<step>.<name>`, in the order of the plan. */
export function figuresIn(entries: readonly Entry[]): string[] {
  return [
    ...new Set(entries.flatMap(({ step, figures }) => Object.keys(figures).map((name) => `${step}.${name}`))),
  ];
}

export interface Summary {
  ratios: Record<string, number | null>;
  /** Of ours: the delay of the main thread's loop while 8 generate. */
  loop_delay_p50_ms: number | null;
  loop_delay_p99_ms: number | null;
  /** Of ours: how much later a request begins when the slot was in a prompt of 512 tokens that is cancelled. */
  cancel_prefill_ms: number | null;
  /** By contender, then by figure. */
  medians: Record<string, Record<string, number | null>>;
}

export function summarise(entries: readonly Entry[]): Summary {
  const contenders = [...new Set(entries.map(({ contender }) => contender))];
  const medians = contenders.map((contender) => {
    const own = entries.filter((entry) => entry.contender === contender);
    return [
      contender,
      Object.fromEntries(figuresIn(own).map((figure) => [figure, medianFigure(own, contender, figure)])),
    ];
  });
  return {
    ratios: Object.fromEntries(RATIOS.map((definition) => [definition.name, ratio(entries, definition)])),
    loop_delay_p50_ms: medianFigure(entries, 'ours', 'int4.batch8.loop_delay_p50_ms'),
    loop_delay_p99_ms: medianFigure(entries, 'ours', 'int4.batch8.loop_delay_p99_ms'),
    cancel_prefill_ms: medianFigure(entries, 'ours', 'int4.cancel.cancel_prefill_ms'),
    medians: Object.fromEntries(medians) as Summary['medians'],
  };
}
