import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CommandError, exitCode } from './command-error.js';

const credentials = z.object({
  url: z.string(),
  apiKey: z.string().optional(),
  joinToken: z.string().optional(),
});
export type Credentials = z.infer<typeof credentials> & { file: string };

export interface Places {
  /** `--data`: only this one is looked into. */
  readonly data?: string | undefined;
  readonly DATA_DIR?: string | undefined;
  readonly SECRETS?: string | undefined;
  readonly SECRETS_DIR?: string | undefined;
}

/** Where the first start leaves the first key, by precedence. */
export const credentialFiles = ({ data, DATA_DIR, SECRETS, SECRETS_DIR }: Places): string[] => {
  const inData = (directory: string): string => join(directory, 'secrets', 'cli', 'credentials.json');
  if (data !== undefined) return [inData(data)];
  return [
    ...(SECRETS === undefined ? [] : [join(SECRETS, 'cli', 'credentials.json')]),
    ...(DATA_DIR === undefined ? [] : [inData(DATA_DIR)]),
    // In a container a module knows its own secrets folder; the command line's is beside it.
    ...(SECRETS_DIR === undefined ? [] : [join(dirname(SECRETS_DIR), 'cli', 'credentials.json')]),
    inData('.ganglion'),
  ];
};

/**
 * The first file that is there.
 * @throws CommandError for a file that cannot be read or understood.
 */
export const readCredentials = (places: Places): Credentials | undefined => {
  for (const file of credentialFiles(places)) {
    const text = read(file);
    if (text !== undefined) return { ...parse(file, text), file };
  }
  return undefined;
};

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CommandError(`${file} cannot be read (${code}): run as its owner`, exitCode.usage);
  }
};

const parse = (file: string, text: string): z.infer<typeof credentials> => {
  try {
    return credentials.parse(JSON.parse(text));
  } catch {
    throw new CommandError(
      `${file} does not hold credentials: restore it or name another --data`,
      exitCode.usage,
    );
  }
};
