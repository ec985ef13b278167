import type { ModelSource } from './model-source.js';
import type { Command } from 'commander';
import { createInterface } from 'node:readline/promises';
import { CommandError, exitCode } from './command-error.js';
import { withModels } from './model-source.js';
import { inBytes } from './quantity.js';
import { print, type Terminal } from './terminal.js';

/** `ganglion model rm`: asks first, on a terminal. */
export const addRemove = (model: Command, terminal: Terminal): void => {
  model
    .command('rm')
    .description('remove a model of a hub from the cache, downloads that stopped half-way too')
    .argument('<model>', 'hf:<owner>/<repo>: all of it; with @revision or :quantisation only that')
    .option('-q, --quant <name>', 'only this quantisation')
    .option('-y, --yes', 'do not ask')
    .action((reference: string, { yes }: { yes?: boolean }, command: Command) =>
      withModels(command, async (source) => {
        const { repository, only } = await meant(reference, source);
        const { inference, options, json } = source;
        if (!yes) await confirm(terminal, `remove ${reference} from ${options.cache}?`);
        const bytes = await new inference.ModelCache(options.cache).remove(repository, only);
        if (json) print(terminal, JSON.stringify({ removed: reference, bytes }));
        else print(terminal, `${inBytes(bytes)} are free again`);
      }),
    );
};

/** A revision is looked up where it was last seen, as the hub may have moved it. */
const meant = async (text: string, { inference, options }: ModelSource) => {
  const reference = inference.parseModelReference(text);
  if (reference.kind !== 'hub')
    throw new CommandError(`only models of the cache are removed, and ${text} is none`, exitCode.usage);
  const { repository, revision } = reference;
  const isNamed = text.includes('@');
  const commit = isNamed
    ? await new inference.ModelCache(options.cache).commitOf(repository, revision)
    : undefined;
  if (isNamed && commit === undefined)
    throw new CommandError(`${repository} was never pulled at ${revision}`, exitCode.no);
  const quantisation = options.quantisation ?? reference.quantisation;
  return {
    repository,
    only: {
      ...(commit === undefined ? {} : { commit }),
      ...(quantisation === undefined ? {} : { quantisation }),
    },
  };
};

const confirm = async (terminal: Terminal, question: string): Promise<void> => {
  if (!terminal.in.isTTY)
    throw new CommandError('nobody is there to be asked: give --yes to remove it', exitCode.usage);
  const lines = createInterface({ input: terminal.in, output: terminal.err });
  const answer = await lines.question(`${question} [y/N] `).finally(() => lines.close());
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('nothing was removed', exitCode.no);
};
