import { cp, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lastLines } from './child.js';
import type { DataFolder } from './data-folder.js';
import { readTestkitConfig } from './environment.js';
import { rememberLogs } from './kept-logs.js';

/** Lets go of a network's folder, or, if it was a temporary one, remembers its logs and removes it. */
export const putAway = async (data: DataFolder, options: { dataDir?: string }): Promise<void> => {
  if (options.dataDir !== undefined) return data.release();
  const files = await readdir(data.in('logs')).catch(() => []);
  for (const file of files)
    rememberLogs(basename(file, '.log'), lastLines(await readFile(data.in('logs', file), 'utf8'), 40));
  const { GANGLION_KEPT_LOGS } = readTestkitConfig();
  if (GANGLION_KEPT_LOGS)
    await cp(data.in('logs'), join(GANGLION_KEPT_LOGS, basename(data.path)), { recursive: true });
  await data.remove();
};
