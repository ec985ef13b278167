import type { Engine } from '@ganglion/inference';
import type { Command } from 'commander';
import { CommandError, exitCode } from './command-error.js';
import { DownloadView } from './download-view.js';
import { withModels } from './model-source.js';
import { peakMemory } from './peak-memory.js';
import { inBytes, toCount } from './quantity.js';
import { paint, print, type Terminal } from './terminal.js';

interface BenchOptions {
  readonly threads?: number;
  readonly tokens: number;
  readonly prompt: number;
}

/** What was measured; medians of the rounds. */
interface Measured {
  promptTokens: number;
  tokens: number;
  rounds: number;
  /** Until the engine can be asked. */
  loadMs: number;
  /** Until the first token of a prompt of that length. */
  ttftMs: number;
  prefillTokensPerSecond: number;
  decodeTokensPerSecond: number;
  peakMemoryBytes: number;
}

/** A model may end early: then it is asked again, but not for ever. */
const MOST_ROUNDS = 50;
const LEAST_ROUNDS = 3;

/** `ganglion model bench`: how fast this machine runs a model, one request at a time. */
export const addBench = (model: Command, terminal: Terminal): void => {
  model
    .command('bench')
    .description('measure a model on this machine: load, prefill, decode, memory')
    .argument('<model>', 'bundled:tiny, a directory, hf:<owner>/<repo>[@revision][:quantisation], or auto')
    .option('-q, --quant <name>', 'q4, int8, fp32, …; by default the best for a CPU')
    .option('--threads <number>', 'of one step; by default half the processors, at most 4', toCount)
    .option('--tokens <number>', 'to generate in all', toCount, 128)
    .option('--prompt <tokens>', "the prompt's length", toCount, 256)
    .action((reference: string, given: BenchOptions, command: Command) =>
      withModels(command, async ({ inference, options, json }) => {
        const view = new DownloadView(terminal.err);
        const { source, ...found } = await inference
          .obtainModel(reference, { ...options, onEvent: (event) => view.show(event, performance.now()) })
          .finally(() => view.end());
        const { threads } = given;
        const begun = performance.now();
        const engine = await inference.openEngine({
          ...found,
          ...(threads === undefined ? {} : { threads }),
        });
        const loadMs = performance.now() - begun;
        try {
          const measured = { ...(await measure(engine, given, options.signal)), loadMs };
          const { quantisation } = engine.model;
          const { determinismClass } = engine;
          if (json) print(terminal, JSON.stringify({ source, quantisation, determinismClass, ...measured }));
          else show(terminal, `${source} (${quantisation}, ${determinismClass})`, measured);
        } finally {
          await engine.close();
        }
      }),
    );
};

const measure = async (
  engine: Engine,
  { tokens, prompt }: BenchOptions,
  signal: AbortSignal,
): Promise<Omit<Measured, 'loadMs'>> => {
  const { contextLength } = engine.model;
  if (prompt + 2 > contextLength)
    throw new CommandError(`--prompt ${prompt} leaves nothing of ${contextLength} tokens`, exitCode.usage);
  const { text, length: promptTokens } = await promptOf(engine, prompt);
  const rounds: { ttftMs: number; decodeMs: number; decoded: number }[] = [];
  const made = (): number => rounds.reduce((sum, round) => sum + round.decoded + 1, 0);
  while (rounds.length < LEAST_ROUNDS || (made() < tokens && rounds.length < MOST_ROUNDS)) {
    const maxTokens = Math.min(tokens, contextLength - promptTokens);
    rounds.push(await askOnce(engine, { text, maxTokens, seed: rounds.length }, signal));
    if (signal.aborted) throw new CommandError('cancelled', exitCode.cancelled);
  }
  const speeds = rounds
    .filter(({ decoded }) => decoded > 0)
    .map(({ decoded, decodeMs }) => decoded / (decodeMs / 1000));
  const ttftMs = median(rounds.map((round) => round.ttftMs));
  return {
    promptTokens,
    tokens: made(),
    rounds: rounds.length,
    ttftMs,
    prefillTokensPerSecond: promptTokens / (ttftMs / 1000),
    decodeTokensPerSecond: speeds.length === 0 ? 0 : median(speeds),
    peakMemoryBytes: peakMemory(),
  };
};

/** Some text of as many tokens as are wanted, or a few more. */
const promptOf = async (engine: Engine, wanted: number): Promise<{ text: string; length: number }> => {
  const words: string[] = [];
  for (let missing = wanted; ;) {
    // A word with a number has four tokens or more in most vocabularies: nearer by a quarter at least each time.
    for (let more = Math.ceil(missing / 8); more > 0; more--) words.push(`word ${words.length}`);
    const text = words.join(' ');
    const length = await engine.countPromptTokens({ text });
    missing = wanted - length;
    if (missing <= 0) return { text, length };
  }
};

/** Any of the likelier tokens: how fast one comes does not depend on which, and an answer seldom ends early. */
const askOnce = async (
  engine: Engine,
  { text, maxTokens, seed }: { text: string; maxTokens: number; seed: number },
  signal: AbortSignal,
): Promise<{ ttftMs: number; decodeMs: number; decoded: number }> => {
  const neutral = {
    topP: 1,
    topK: 50,
    minP: 0,
    presencePenalty: 0,
    frequencyPenalty: 0,
    repetitionPenalty: 1,
  };
  const sampling = { temperature: 10, ...neutral, seed, maxTokens, stop: [] };
  const begun = performance.now();
  let first = 0;
  let count = 0;
  for await (const _ of engine.generate({ prompt: { text }, sampling, choice: 0 }, signal)) {
    if (count++ === 0) first = performance.now();
  }
  return { ttftMs: first - begun, decodeMs: performance.now() - first, decoded: Math.max(0, count - 1) };
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const show = (terminal: Terminal, what: string, measured: Measured): void => {
  const { promptTokens, tokens, rounds, loadMs, ttftMs } = measured;
  const rows: [string, string][] = [
    ['Load', `${(loadMs / 1000).toFixed(2)} s`],
    ['TTFT', `${ttftMs.toFixed(0)} ms for a prompt of ${promptTokens} tokens`],
    ['Prefill', `${measured.prefillTokensPerSecond.toFixed(0)} tokens/s`],
    [
      'Decode',
      `${measured.decodeTokensPerSecond.toFixed(1)} tokens/s (${tokens} tokens in ${rounds} rounds)`,
    ],
    ['Peak memory', inBytes(measured.peakMemoryBytes)],
  ];
  print(terminal, paint(terminal, 'bold', what));
  for (const [name, value] of rows) print(terminal, `${paint(terminal, 'dim', name.padEnd(12))}${value}`);
};
