import { manifestDigest } from '@ganglion/commitment';
import type { Calibration, Distribution } from '@ganglion/inference';
import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { CommandError, exitCode } from './command-error.js';
import { DownloadView } from './download-view.js';
import { withModels } from './model-source.js';
import { toCount } from './quantity.js';
import { paint, print, table, type Terminal } from './terminal.js';

interface CalibrateOptions {
  readonly prompts: number;
  readonly tokens: number;
}

const help = `
Answers some prompts, greedily and sampled, and computes the same answers in other ways: in one prefill, as an audit
does, with two threads, in batches, on both bindings. What is proposed is what an audit may tolerate of an honest
miner: between logits of the evidence, in 1/256 of a logit, and between scores, in logits (docs/audits-scoring.md).

With --json the whole measurement is printed, or written to the file that follows: --json calibration.json`;

/** `ganglion model calibrate`: what an audit of a model's answers should tolerate. */
export const addCalibrate = (model: Command, terminal: Terminal): void => {
  model
    .command('calibrate')
    .description('measure what rounding does to answers, and propose the tolerances of audits')
    .argument('[model]', 'bundled:tiny, a directory, or hf:<owner>/<repo>[@revision][:quantisation]')
    .argument('[file]', 'with --json: where to write it')
    .option('-q, --quant <name>', 'q4, int8, fp32, …; by default the best for a CPU')
    .option(
      '--prompts <number>',
      'answers to compare; with 4 or 8 of them and more also batches',
      toCount,
      24,
    )
    .option('--tokens <number>', 'of an answer at most', toCount, 64)
    .addHelpText('after', help)
    .action(
      (first: string | undefined, second: string | undefined, given: CalibrateOptions, command: Command) =>
        withModels(command, async ({ inference, options, json }) => {
          const [reference, file] = [first ?? 'bundled:tiny', second];
          if (file !== undefined && !json) {
            throw new CommandError(`${file} is written with --json only: --json ${file}`, exitCode.usage);
          }
          const view = new DownloadView(terminal.err);
          const {
            source,
            model: directory,
            quantisation,
          } = await inference
            .obtainModel(reference, { ...options, onEvent: (event) => view.show(event, performance.now()) })
            .finally(() => view.end());
          const found = await inference
            .calibrate({
              model: directory,
              ...(quantisation === undefined ? {} : { quantisation }),
              ...given,
              signal: options.signal,
              onProgress: (done, total) => showProgress(terminal, done, total),
            })
            .finally(() => endProgress(terminal));
          const text = JSON.stringify(asJson(source, found), undefined, file === undefined ? undefined : 2);
          if (file !== undefined) write(file, `${text}\n`);
          if (json && file === undefined) print(terminal, text);
          else show(terminal, source, found);
        }),
    );
};

const asJson = (source: string, { model, ...found }: Calibration): Record<string, unknown> => ({
  model: { source, digest: manifestDigest([...model.files]) },
  ...found,
});

const write = (file: string, text: string): void => {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}`, exitCode.no);
  }
};

const showProgress = ({ err }: Terminal, done: number, total: number): void => {
  if (err.isTTY) err.write(`\rcompared ${done} of ${total} answers\u001B[K`);
};

const endProgress = ({ err }: Terminal): void => {
  if (err.isTTY) err.write('\r\u001B[K');
};

const show = (terminal: Terminal, source: string, found: Calibration): void => {
  const { quantisation, determinismClass, tolerances, distributions, positions, reference } = found;
  print(terminal, paint(terminal, 'bold', `${source} (${quantisation}, ${determinismClass})`));
  const ways = Object.entries(distributions).map(([name, { logits, evidence, gap, lost }]) => [
    name,
    inDigits(logits),
    inDigits(evidence),
    inDigits(gap),
    `${lost}`,
  ]);
  const head = ['COMPUTED BY', 'LOGITS p50/p99/p99.9/max', 'EVIDENCE', 'GAP', 'LOST'];
  for (const line of table([head, ...ways])) print(terminal, line);
  const compared = `${positions} positions, against decode on ${reference.binding} with 1 thread, alone`;
  print(terminal, paint(terminal, 'dim', compared));
  print(terminal, `Tolerate ${tolerances.evidence}/256 of evidence, and a gap of ${tolerances.gap}`);
};

const inDigits = ({ p50, p99, p999, max }: Distribution): string =>
  [p50, p99, p999, max].map((value) => `${Number(value.toPrecision(2))}`).join('/');
