import { CONTENDERS } from './contenders.js';
import { PRECISIONS, type BenchModel } from './contract.js';
import { planJobs } from './plan.js';

const models = PRECISIONS.map((precision): BenchModel => ({
  precision,
  directory: `/models/${precision}`,
  bitsPerWeight: 5,
  gguf: `/models/${precision}.gguf`,
  ggufBitsPerWeight: 4.5,
}));
const plan = { models, contenders: CONTENDERS, rounds: 4, threads: 2, tokens: 8, repeats: 1 };

describe('the plan', () => {
  const jobs = planJobs(plan);

  it('has every step of a contender once in every round', () => {
    const keys = jobs.map(({ round, contender, step }) => `${round} ${contender.name} ${step}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(jobs).toHaveLength(4 * (9 * 4 + 2));
  });

  it('lets the contenders take turns within a step, and every one be first in some round', () => {
    const first = jobs.filter(({ step }, at) => step === 'int4.batch8' && jobs[at - 1]?.step !== step);
    expect(first.map(({ contender }) => contender.name).sort()).toEqual(
      CONTENDERS.map(({ name }) => name).sort(),
    );
  });

  it('gives the contenders of a round the same prompts, and other rounds others', () => {
    const seeds = new Map<number, Set<number>>();
    for (const { round, job } of jobs) seeds.set(round, (seeds.get(round) ?? new Set()).add(job.seed));
    expect([...seeds.values()].every((set) => set.size === 1)).toBe(true);
    expect(new Set([...seeds.values()].flatMap((set) => [...set])).size).toBe(4);
  });

  it('opens as many sequences as run at once', () => {
    const parallel = Object.fromEntries(jobs.map(({ step, job }) => [step, job.parallel]));
    expect(parallel).toMatchObject({
      'int4.single': 1,
      'int4.batch16': 16,
      'int4.traffic8': 8,
      'int4.load': 5,
      'fp32.single': 1,
    });
  });

  it('is refused when a model is missing', () => {
    expect(() => planJobs({ ...plan, models: models.slice(1) })).toThrow(/lacks int4/);
  });
});
