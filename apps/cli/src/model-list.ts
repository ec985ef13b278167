import type { ListedModel } from '@ganglion/inference';
import type { Command } from 'commander';
import { withModels } from './model-source.js';
import { inBytes, inWeights } from './quantity.js';
import { paint, print, table, type Terminal } from './terminal.js';

/** `ganglion model list`: what can be run here without downloading anything. */
export const addList = (model: Command, terminal: Terminal): void => {
  model
    .command('list')
    .description('show the bundled models and those of the cache')
    .action((_options, command: Command) =>
      withModels(command, async ({ inference, options, json }) => {
        const models = await inference.listModels(options);
        if (json) return print(terminal, JSON.stringify({ cache: options.cache, models }));
        const head = ['MODEL', 'ID', 'QUANT', 'SIZE', 'WEIGHTS', 'CONTEXT', 'COMMIT'];
        for (const line of table([head, ...models.map(row)])) print(terminal, line);
        print(terminal, '');
        print(terminal, paint(terminal, 'dim', `the cache is ${options.cache}`));
      }),
    );
};

const row = ({
  reference,
  id,
  quantisation,
  bytes,
  parameters,
  contextLength,
  commit,
}: ListedModel): string[] => [
  reference,
  id,
  quantisation,
  inBytes(bytes),
  parameters === undefined ? '-' : inWeights(parameters),
  contextLength === undefined ? '-' : String(contextLength),
  commit?.slice(0, 12) ?? '-',
];
