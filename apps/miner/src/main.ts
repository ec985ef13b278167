import 'reflect-metadata';
import { serveStandalone } from '@ganglion/runtime';
import { LineLogger } from './line-logger.js';
import { readMinerConfig, usage, UsageError } from './miner.config.js';
import { MinerModule } from './miner.module.js';

try {
  const config = readMinerConfig(process.argv.slice(2));
  if (config === 'help') process.stdout.write(usage);
  else {
    const { healthPort } = config;
    const logger = process.stdout.isTTY ? new LineLogger() : undefined;
    await serveStandalone('miner', MinerModule, { healthPort, logger });
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
