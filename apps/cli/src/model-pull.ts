import type { Command } from 'commander';
import { DownloadView } from './download-view.js';
import { withModels } from './model-source.js';
import { print, type Terminal } from './terminal.js';

const CANCELLED = 'cancelled; what came is kept, and the same command goes on from there';

/** `ganglion model pull`: into the cache, before a miner needs it. Prints where it is. */
export const addPull = (model: Command, terminal: Terminal): void => {
  model
    .command('pull')
    .description('download a model into the cache; goes on where an earlier try stopped')
    .argument('<model>', 'hf:<owner>/<repo>[@revision][:quantisation], or auto')
    .option('-q, --quant <name>', 'q4, int8, fp32, …; by default the best for a CPU')
    .action((reference: string, _options, command: Command) =>
      withModels(
        command,
        async ({ inference, options, json }) => {
          const view = new DownloadView(terminal.err);
          try {
            const obtained = await inference.obtainModel(reference, {
              ...options,
              onEvent: (event) => view.show(event, performance.now()),
            });
            view.end();
            if (json) print(terminal, JSON.stringify(obtained));
            else print(terminal, `${obtained.source}\n${obtained.model}`);
          } finally {
            view.end();
          }
        },
        CANCELLED,
      ),
    );
};
