import { Logger, type LoggerService } from '@nestjs/common';
import { Clock } from './clock.js';
import { readBaseConfig } from './config.js';
import { Health } from './health.js';
import { serveHealth } from './health-server.js';
import { endInOrder } from './lifecycle.js';
import { JsonLogger } from './logger.js';
import { Metrics } from './metrics.js';
import type { Runtime } from './runtime.module.js';

/** A process that has begun: it logs, tells its health and can be ended, and is not ready until `started`. */
export interface Beginning {
  readonly logger: LoggerService;
  readonly runtime: Runtime;
  /** What was opened last is closed first when the process ends. */
  closeFirst(close: () => Promise<void>): void;
  started(): void;
}

/** Begins a process. Its health is served from now on, so that a start that waits for a server says for which. */
export const begin = async (
  name: string,
  options: { healthPort?: number | undefined; logger?: LoggerService | undefined } = {},
): Promise<Beginning> => {
  const { LOG_LEVEL, CLOCK_FILE, HEALTH_PORT, HEALTH_HOST, EXIT_WITH_PARENT } = readBaseConfig();
  const logger = options.logger ?? new JsonLogger(name, LOG_LEVEL);
  Logger.overrideLogger(logger);
  const runtime = { clock: new Clock(CLOCK_FILE), health: new Health(), metrics: new Metrics(name) };
  let isStarted = false;
  runtime.health.require('started', () => isStarted);
  const closings: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    while (closings.length > 0) await closings.pop()!();
  };
  endInOrder(name, close, { withParent: EXIT_WITH_PARENT });
  const port = options.healthPort ?? HEALTH_PORT;
  if (port !== undefined) {
    const server = await serveHealth(runtime.health, runtime.metrics, { host: HEALTH_HOST, port });
    closings.push(server.close);
    new Logger(name).log(`health on port ${server.port}`);
  }
  return {
    logger,
    runtime,
    closeFirst: (closing) => void closings.push(closing),
    started: () => {
      isStarted = true;
      new Logger(name).log('ready');
    },
  };
};
