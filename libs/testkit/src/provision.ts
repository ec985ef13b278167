import { Child } from './child.js';
import type { DataFolder } from './data-folder.js';
import { appProgram } from './repository.js';

/** Runs apps/provision once; throws with the end of its log if it fails. */
export const provision = async (
  command: 'keys' | 'servers' | 'broker',
  data: DataFolder,
  env: Readonly<Record<string, string>>,
): Promise<void> => {
  const child = new Child({
    name: `provision ${command}`,
    command: process.execPath,
    args: [appProgram('provision'), command],
    env: { DATA_DIR: data.path, ...env },
    logFile: data.logFile('provision'),
  });
  await child.succeed();
};
