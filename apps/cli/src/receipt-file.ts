import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CommandError, exitCode } from './command-error.js';
import type { Terminal } from './terminal.js';

/** The JSON of a file, or of standard input for `-`. @throws CommandError when it cannot be read */
export const readReceipt = async (file: string, terminal: Terminal): Promise<unknown> => {
  const json = await (file === '-' ? text(terminal.in) : readFile(file, 'utf8')).catch(
    (error: NodeJS.ErrnoException) => {
      throw new CommandError(`${file} cannot be read (${error.code}): name a receipt's file`, exitCode.usage);
    },
  );
  try {
    return JSON.parse(json);
  } catch {
    throw new CommandError(
      `${file} is not JSON: save the answer of /v1/tasks/<id>/receipt as it is`,
      exitCode.usage,
    );
  }
};
