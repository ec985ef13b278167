import type { ContenderName, ContenderProgram } from './contenders.js';
import type { BenchModel, Group, Job, Precision } from './contract.js';

/** One process: what is measured, on which model. */
interface Step {
  group: Group;
  precision: Precision;
  parallel: number;
}

export interface PlannedJob {
  round: number;
  contender: ContenderProgram;
  /** Prefix of its figures' names. */
  step: string;
  job: Job;
}

export interface Plan {
  models: readonly BenchModel[];
  contenders: readonly ContenderProgram[];
  rounds: number;
  threads: number;
  tokens: number;
  repeats: number;
}

const BATCHES = [1, 4, 8, 16];

const steps: readonly Step[] = [
  { group: 'single', precision: 'int4', parallel: 1 },
  ...BATCHES.map((parallel): Step => ({ group: 'batch', precision: 'int4', parallel })),
  { group: 'traffic', precision: 'int4', parallel: 8 },
  { group: 'load', precision: 'int4', parallel: 5 },
  { group: 'cancel', precision: 'int4', parallel: 1 },
  { group: 'single', precision: 'int8', parallel: 1 },
  { group: 'single', precision: 'fp32', parallel: 1 },
];

/** `int4.single`, `int4.batch8`, `int4.traffic8`. */
function stepName({ group, precision, parallel }: Step): string {
  return `${precision}.${group}${group === 'batch' || group === 'traffic' ? parallel : ''}`;
}

/**
 * All jobs in order: each step by one contender after another, so that a slow minute of the machine meets them all, and
 * every round begins with another contender, so that none is always first.
 */
export function planJobs({ models, contenders, rounds, ...settings }: Plan): PlannedJob[] {
  const jobs: PlannedJob[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const step of steps) {
      const model = models.find(({ precision }) => precision === step.precision);
      if (!model) throw new Error(`models.json lacks ${step.precision}: make the models again`);
      const { group, parallel } = step;
      for (const at of contenders.keys()) {
        const contender = contenders[(at + round - 1) % contenders.length]!;
        if (!contender.groups.includes(group)) continue;
        const job = { group, model, parallel, seed: round, ...settings };
        jobs.push({ round, contender, step: stepName(step), job });
      }
    }
  }
  return jobs;
}

/** What one job gave: figures, or the reason why there are none. */
export interface Entry {
  round: number;
  contender: ContenderName;
  step: string;
  version?: string;
  figures: Record<string, number | null>;
  reason?: string;
}
