import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/** A secret's text, trimmed; undefined if the file is not there. Throws if the file is there but empty. */
export const readSecret = async (path: string): Promise<string | undefined> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  if (text.trim() === '')
    throw new Error(`${path} is empty: restore it from a backup, or delete it for a new one`);
  return text.trim();
};

/** Writes beside the final place first, so that a crash leaves the old file or the new one, never half of one. */
const writeBeside = async (path: string, text: string): Promise<string> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(beside, `${text.trimEnd()}\n`, { mode: 0o600, flag: 'wx' });
  return beside;
};

/** Keeps a secret that is there and makes one that is not; never overwrites, also when two processes race. */
export const keepSecret = async (path: string, make: () => string | Promise<string>): Promise<string> => {
  const kept = await readSecret(path);
  if (kept !== undefined) return kept;
  const beside = await writeBeside(path, await make());
  try {
    await link(beside, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(beside, { force: true });
  }
  return (await readSecret(path)) as string;
};

/** Replaces a file that follows from secrets (a credential, the server's configuration) when its text changed. */
export const replaceSecret = async (path: string, text: string): Promise<void> => {
  if ((await readSecret(path).catch(() => undefined)) === text.trim()) return;
  await rename(await writeBeside(path, text), path);
};
