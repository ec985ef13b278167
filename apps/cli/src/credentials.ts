import type { Command } from 'commander';
import { CommandError, exitCode } from './command-error.js';
import { type GlobalOptions, readEnvironment } from './connection.js';
import { credentialFiles, readCredentials } from './credentials-file.js';
import { paint, print, type Terminal } from './terminal.js';

/** `ganglion credentials`: the first key, to whoever may read the data directory. */
export const addCredentials = (program: Command, terminal: Terminal): void => {
  program
    .command('credentials')
    .description('show the URL and the first API key of the network in the data directory')
    .action((_options, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const places = { ...readEnvironment(), data: options.data };
      const found = readCredentials(places);
      if (!found)
        throw new CommandError(
          `no credentials in ${credentialFiles(places).join(', ')}: start the network first, or name its --data`,
          exitCode.no,
        );
      const { url, apiKey, joinToken } = found;
      if (options.json) return print(terminal, JSON.stringify({ url, apiKey, joinToken }));
      const rows = [
        ['URL', url],
        ['API key', apiKey ?? '(kept by the operator)'],
        ['Join token', joinToken ?? '(kept by the operator)'],
      ] as const;
      for (const [name, value] of rows)
        print(terminal, `${paint(terminal, 'dim', name.padEnd(10))}  ${value}`);
    });
};
