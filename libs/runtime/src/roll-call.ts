import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import type { ModuleName, RollCallAnswer } from '@ganglion/contracts';
import type { Runtime } from './runtime.module.js';

/** The asker waits for a second: a check that takes longer than this has failed. */
const TIMEOUT_MS = 500;

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** How this process is. */
export const presentAs = async (
  module: ModuleName,
  { health, clock }: Pick<Runtime, 'health' | 'clock'>,
): Promise<RollCallAnswer> => {
  const [{ checks }, storage] = await Promise.all([
    health.report(TIMEOUT_MS),
    health.storage(clock.now(), TIMEOUT_MS),
  ]);
  return {
    module,
    name: `${hostname()}/${process.pid}`,
    version,
    // When the operating system started it, by its own clock.
    startedAt: new Date(performance.timeOrigin).toISOString(),
    residentBytes: process.memoryUsage.rss(),
    checks,
    storage,
  };
};
