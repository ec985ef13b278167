import type { ModelReport } from '@ganglion/inference';
import type { Command } from 'commander';
import { withModels } from './model-source.js';
import { inBytes, inWeights } from './quantity.js';
import { paint, print, table, type Terminal } from './terminal.js';

/** `ganglion model inspect`: what a model is, without running it, and without downloading its weights. */
export const addInspect = (model: Command, terminal: Terminal): void => {
  model
    .command('inspect')
    .description('show configuration, files and memory of a model; downloads no weights')
    .argument('<model>', 'bundled:tiny, a directory, or hf:<owner>/<repo>[@revision][:quantisation]')
    .option('-q, --quant <name>', 'q4, int8, fp32, …; by default the best for a CPU')
    .action((reference: string, _options, command: Command) =>
      withModels(command, async ({ inference, options, json }) => {
        const report = await inference.inspectModel(reference, options);
        if (json) print(terminal, JSON.stringify(report));
        else show(terminal, report);
      }),
    );
};

/** A stranger's file on a terminal: nothing that moves the cursor, and no more than a line. */
const text = (value: unknown): string => {
  if (value === undefined || value === null) return '-';
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  return written.replace(/[\0-\x1f\x7f-\x9f]/g, '?').slice(0, 120);
};

const show = (terminal: Terminal, report: ModelReport): void => {
  const { config, files, eosTokenIds, memory, parameters } = report;
  const heads = `${text(config['num_attention_heads'])} heads, ${text(config['num_key_value_heads'])} for keys and values`;
  const rows: [string, string][] = [
    ['Model', report.source],
    ['Id', report.id],
    ['Directory', report.directory ?? 'not here: ganglion model pull'],
    ['Quantisation', report.quantisation],
    ['Size', inBytes(report.bytes)],
    ['Memory', memory === undefined ? '-' : `about ${inBytes(memory)} with 2 slots`],
    ['Weights', parameters === undefined ? '-' : inWeights(parameters)],
    ['Architecture', text((config['architectures'] as unknown[] | undefined)?.[0] ?? config['model_type'])],
    ['Layers', `${text(config['num_hidden_layers'])} of width ${text(config['hidden_size'])}, ${heads}`],
    ['Context', report.contextLength === undefined ? '-' : `${report.contextLength} tokens`],
    ['Vocabulary', text(config['vocab_size'])],
    ['RoPE', text(config['rope_parameters'] ?? config['rope_theta'])],
    ['Ends with', eosTokenIds.length === 0 ? 'what the tokenizer says' : eosTokenIds.join(', ')],
    ['Chat template', report.chatTemplate ?? 'none: it completes text, and cannot chat'],
  ];
  for (const [name, value] of rows) print(terminal, `${paint(terminal, 'dim', name.padEnd(15))}${value}`);
  print(terminal, '');
  const list = files.map(({ path, bytes, sha256 }) => [path, inBytes(bytes), sha256 ?? '-']);
  for (const line of table([['FILE', 'SIZE', 'SHA-256'], ...list])) print(terminal, line);
};
