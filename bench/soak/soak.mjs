#!/usr/bin/env node
/**
 * Ten thousand requests on the bundled model, twelve in flight, and then fifty deaths of the engine's process among
 * others: is memory flat, does every request end, is nothing left? Linux only: it reads /proc.
 *
 *     npm run bench:soak -- [--requests 10000] [--kills 50] [--minutes 30] [--json FILE] [--svg FILE]
 *
 * Memory under load is judged from 5,000 requests on. The exit code is 1 when a check fails, 2 for wrong use.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fillRows, openPatient, runKills, runRequests } from '../../libs/inference/dist/testing/soak.js';
import { memoryPlot } from './memory-plot.mjs';
import { checkKills, checkLoad, memoryTrend, parentGrowth } from './verdict.mjs';

const MODEL = fileURLToPath(new URL('../../models/tiny', import.meta.url));
const SEED = 20261123;
const LINE_MS = 10_000;

// For the engine's process: V8 lets garbage grow to a limit that depends on the machine, and looks like a leak until it
// is reached. With a small limit what grows is what is held.
process.env.NODE_OPTIONS = '--max-old-space-size=48 --max-semi-space-size=2';

const options = readOptions();
if (!existsSync('/proc/self/status')) refuse('it reads /proc, which is there on Linux only');
const deadline = AbortSignal.timeout(options.minutes * 60_000);
const begun = performance.now();
const seconds = () => (performance.now() - begun) / 1000;

const { load, kills, engine } = await soak();
const checks = [...checkLoad(load, options.requests), ...checkKills(kills, options.kills)];
if (deadline.aborted) checks.push({ check: `it was over within ${options.minutes} minutes`, holds: false });
for (const { check, holds } of checks) process.stdout.write(`${holds ? 'ok  ' : 'FAIL'}  ${check}\n`);
const isGood = checks.every(({ holds }) => holds);
if (options.json) writeFileSync(options.json, `${JSON.stringify(report(), undefined, 2)}\n`);
if (options.svg) writeFileSync(options.svg, plot());
process.exitCode = isGood ? 0 : 1;

async function soak() {
  const patient = await openPatient(MODEL);
  const { binding, determinismClass } = patient.engine;
  try {
    const filled = await fillRows(patient);
    const onRequest = progress('requests', options.requests);
    const load = await runRequests(patient, options.requests, { seed: SEED, deadline, onDone: onRequest });
    const loadSeconds = seconds();
    const onKill = progress('kills', options.kills);
    const kills = await runKills(patient, options.kills, { seed: SEED + 1, deadline, onDone: onKill });
    load.endings.wrong.push(...filled.wrong);
    return { load: { ...load, seconds: loadSeconds }, kills, engine: { binding, determinismClass } };
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
    await patient.engine.close();
  }
}

/** A line that is drawn anew on a terminal, otherwise one every ten seconds. */
function progress(what, total) {
  let next = performance.now() + (process.stderr.isTTY ? 0 : LINE_MS);
  return (done) => {
    if (performance.now() < next) return;
    next = performance.now() + (process.stderr.isTTY ? 200 : LINE_MS);
    const line = `${done} of ${total} ${what}, ${seconds().toFixed(0)} s`;
    process.stderr.write(process.stderr.isTTY ? `\r${line}\u001B[K` : `${line}\n`);
  };
}

function report() {
  const { wrong, ...endings } = load.endings;
  const peak = (process) => Math.max(...load.samples.map((sample) => sample[process]));
  const memory = (process) => ({
    ...memoryTrend(load.samples, options.requests, process),
    peakBytes: peak(process),
  });
  return {
    isGood,
    machine: { cpu: cpus()[0]?.model ?? 'unknown', processors: cpus().length, node: process.version },
    ...engine,
    load: {
      requests: options.requests,
      seconds: load.seconds,
      ...endings,
      wrong,
      memory: { engine: memory('engine'), parent: memory('parent') },
    },
    kills: {
      kills: options.kills,
      survived: kills.survived,
      ...kills.endings,
      before: kills.before,
      after: kills.after,
      parentGrowthBytes: parentGrowth(kills.samples),
    },
    checks,
  };
}

function plot() {
  const series = (samples) =>
    ['engine', 'parent'].map((name) => ({
      name: name === 'engine' ? "the engine's process" : 'its parent',
      points: samples.map((sample) => ({ x: sample.done, y: sample[name] })),
    }));
  return memoryPlot([
    { title: 'Memory under load', xLabel: 'requests ended', series: series(load.samples) },
    { title: 'Memory after kills', xLabel: "kills of the engine's process", series: series(kills.samples) },
  ]);
}

function readOptions() {
  const spec = Object.fromEntries(
    ['requests', 'kills', 'minutes', 'json', 'svg'].map((name) => [name, { type: 'string' }]),
  );
  try {
    const { values } = parseArgs({ options: spec });
    return {
      ...values,
      requests: count('requests', values.requests ?? '10000'),
      kills: count('kills', values.kills ?? '50'),
      minutes: count('minutes', values.minutes ?? '30'),
    };
  } catch (error) {
    return refuse(error.message);
  }
}

function refuse(problem) {
  process.stderr.write(`soak: ${problem}\n`);
  process.exit(2);
}

function count(name, text) {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} is a whole number from 1, not ${text}`);
}
