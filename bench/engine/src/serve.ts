import { createInterface } from 'node:readline';
import { performance } from 'node:perf_hooks';
import type { Contender } from './contender.js';
import { OUTCOME_MARK, type Job, type Outcome } from './contract.js';
import { Measurement } from './measure.js';

/**
 * A contender's whole program: takes a job from standard input, measures, answers with one line, and ends. It ends too
 * when its input does, for then nobody waits for it.
 * @param open loads library and model
 */
export async function serve(open: (job: Job) => Promise<Contender>): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  lines.once('close', () => process.exit(1));
  const job = await new Promise<Job>((resolve) =>
    lines.once('line', (line) => resolve(JSON.parse(line) as Job)),
  );
  const outcome = await measured(job, open).catch((error: unknown): Outcome => {
    return { isGood: false, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  });
  process.stdout.write(`\n${OUTCOME_MARK}${JSON.stringify(outcome)}\n`, () => process.exit(0));
}

async function measured(job: Job, open: (job: Job) => Promise<Contender>): Promise<Outcome> {
  const began = performance.now();
  const contender = await open(job);
  const load_ms = performance.now() - began;
  const figures = await new Measurement(contender, job).run();
  await contender.close();
  return { isGood: true, version: contender.version, figures: { load_ms, ...figures } };
}
