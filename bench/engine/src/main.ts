/** Runs the rounds and reports: what `npm run bench:engine` starts when packages and models are there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Children } from './child.js';
import { CONTENDERS } from './contenders.js';
import type { BenchModel } from './contract.js';
import { describeMachine } from './machine.js';
import { planJobs, type Entry } from './plan.js';
import { summarise } from './report.js';
import { bitsTable, table } from './table.js';

const JOB_TIMEOUT_MS = 300_000;

const { values } = parseArgs({
  options: {
    models: { type: 'string' },
    json: { type: 'string' },
    rounds: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    quick: { type: 'boolean', default: false },
  },
});

function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`--${option}: a whole number from 1, not ${text}\n`);
  process.exit(2);
}

const rounds = count('rounds', values.rounds ?? (values.quick ? '1' : '3'));
const threads = count('threads', values.threads);
const made = JSON.parse(readFileSync(join(values.models!, 'models.json'), 'utf8')) as {
  shape: string;
  block: number;
  models: BenchModel[];
};
const settings = values.quick ? { tokens: 8, repeats: 1 } : { tokens: 48, repeats: 3 };
const jobs = planJobs({ models: made.models, contenders: CONTENDERS, rounds, threads, ...settings });

const machine = describeMachine();
const children = new Children();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    children.stop();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });

process.stdout.write(
  `${machine.cpu}, ${machine.cores} cores, ${threads} threads each, load ${machine.loadBefore}\n`,
);
const remark = values.quick ? '; quick: shows that it works, says nothing of speed' : '';
process.stdout.write(`${made.shape}, rounds: ${rounds}${remark}\n\n${bitsTable(made.models)}\n\n`);

const entries: Entry[] = [];
for (const [at, { round, contender, step, job }] of jobs.entries()) {
  const outcome = await children.run(contender, job, JOB_TIMEOUT_MS);
  const entry = { round, contender: contender.name, step };
  if (outcome.isGood) entries.push({ ...entry, version: outcome.version, figures: outcome.figures });
  else entries.push({ ...entry, figures: {}, reason: outcome.reason });
  const told = outcome.isGood ? 'measured' : `failed: ${outcome.reason}`;
  process.stdout.write(`${at + 1}/${jobs.length} round ${round} ${step} ${contender.title}: ${told}\n`);
}

const summary = summarise(entries);
process.stdout.write(`\n${table(entries, summary, CONTENDERS)}\n`);
const failures = entries.filter(({ reason }) => reason !== undefined);
if (failures.length > 0) process.stdout.write(`\n${failures.length} of ${jobs.length} measurements failed\n`);
if (values.json) {
  const versions = Object.fromEntries(
    entries.filter(({ version }) => version).map(({ contender, version }) => [contender, version]),
  );
  const models = made.models.map(({ precision, bitsPerWeight, ggufBitsPerWeight }) => ({
    precision,
    bitsPerWeight,
    ggufBitsPerWeight,
  }));
  const run = { shape: made.shape, block: made.block, models, rounds, threads, ...settings };
  const report = { ...summary, machine, versions, run, entries };
  writeFileSync(values.json, `${JSON.stringify(report, null, 1)}\n`);
  process.stdout.write(`written to ${values.json}\n`);
}
process.exitCode = failures.length > 0 ? 1 : 0;
