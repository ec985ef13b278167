import type { ModuleName } from '@ganglion/contracts';
import {
  Bus,
  connectBus,
  FaultFilter,
  NatsStrategy,
  parseCredentials,
  type StrategyObserver,
} from '@ganglion/messaging';
import {
  type INestApplication,
  type INestApplicationContext,
  Logger,
  type LoggerService,
  type Type,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { Clock } from './clock.js';
import { readBaseConfig, readBrokerConfig, secret } from './config.js';
import { Health } from './health.js';
import { serveHealth } from './health-server.js';
import { endInOrder } from './lifecycle.js';
import { JsonLogger } from './logger.js';
import { Metrics } from './metrics.js';
import { type Runtime, RuntimeModule } from './runtime.module.js';

/** Runs a module's service: its handlers answer and hear on the broker until the process is told to end. */
export const serve = async (name: ModuleName, module: Type): Promise<void> => {
  const { logger, runtime } = prepare(name);
  const bus = await joinBroker(name, runtime);
  const strategy = new NatsStrategy(bus, name, observe(runtime.metrics));
  const app = await NestFactory.createMicroservice(RuntimeModule.around(module, { ...runtime, bus }), {
    strategy,
    logger,
  });
  app.useGlobalFilters(new FaultFilter());
  await app.listen();
  await settleIn(name, app, { ...runtime, bus });
};

/** Runs a module with an HTTP front of its own: `configure` sets up the application before it listens. */
export const serveHttp = async <A extends INestApplication>(
  name: ModuleName,
  module: Type,
  options: {
    adapter: AbstractHttpAdapter;
    configure?: (app: A) => Promise<void> | void;
    at: { host: string; port: number };
  },
): Promise<void> => {
  const { logger, runtime } = prepare(name);
  const bus = await joinBroker(name, runtime);
  const app = await NestFactory.create<A>(
    RuntimeModule.around(module, { ...runtime, bus }),
    options.adapter,
    { logger },
  );
  await options.configure?.(app);
  await app.listen(options.at.port, options.at.host);
  await settleIn(name, app, { ...runtime, bus });
};

export interface StandaloneOptions {
  /** Instead of HEALTH_PORT. */
  healthPort?: number | undefined;
  /** Instead of JSON lines. */
  logger?: LoggerService | undefined;
}

/** Runs a process that has no credentials of its own at the broker (a miner gets its credentials by joining). */
export const serveStandalone = async (
  name: string,
  module: Type,
  options: StandaloneOptions = {},
): Promise<void> => {
  const { logger: jsonLogger, runtime } = prepare(name);
  const logger = options.logger ?? jsonLogger;
  Logger.overrideLogger(logger);
  const app = await NestFactory.createApplicationContext(RuntimeModule.around(module, runtime), { logger });
  await settleIn(name, app, runtime, options.healthPort);
};

const prepare = (name: string): { logger: JsonLogger; runtime: Runtime } => {
  const { LOG_LEVEL, CLOCK_FILE } = readBaseConfig();
  const logger = new JsonLogger(name, LOG_LEVEL);
  Logger.overrideLogger(logger);
  return {
    logger,
    runtime: { clock: new Clock(CLOCK_FILE), health: new Health(), metrics: new Metrics(name) },
  };
};

const joinBroker = async (name: ModuleName, { health, metrics }: Runtime): Promise<Bus> => {
  const { NATS_URL, SECRETS_DIR } = readBrokerConfig();
  const creds = secret('nats.creds');
  if (!creds) throw new Error(`${SECRETS_DIR}/nats.creds is missing: run provision first`);
  const bus = await connectBus({ servers: NATS_URL.split(','), name, credentials: parseCredentials(creds) });
  const malformed = metrics.counter('ganglion_malformed_total', 'Messages that did not parse, by kind', [
    'kind',
  ]);
  bus.onMalformed = (kind) => malformed.inc({ kind });
  const published = metrics.counter('ganglion_events_total', 'Events said, by subject and reason', [
    'event',
    'code',
  ]);
  bus.onPublished = (event, payload) => published.inc({ event, code: codeOf(payload) });
  health.require('broker', () => bus.isConnected);
  return bus;
};

/** The code of an event's reason; the network's own codes are few, so it may be a label. */
const codeOf = (payload: unknown): string => {
  const { reason } = payload as { reason?: { code?: string } | null };
  return reason?.code ?? '';
};

const observe = (metrics: Metrics): StrategyObserver => {
  const buckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000];
  const labels = ['subject', 'outcome'];
  const answered = metrics.histogram('ganglion_answer_ms', 'Time to answer a request, in ms', {
    labels,
    buckets,
  });
  const heard = metrics.histogram('ganglion_hear_ms', 'Time to handle an event, in ms', { labels, buckets });
  const log = new Logger('Bus');
  return {
    answered: (subject, outcome, ms) => answered.observe({ subject, outcome }, ms),
    heard: (subject, outcome, ms) => heard.observe({ subject, outcome }, ms),
    failed: (subject, error) =>
      log.error(`${subject}: ${error instanceof Error ? error.stack : String(error)}`),
  };
};

const settleIn = async (
  name: string,
  app: INestApplicationContext,
  runtime: Runtime,
  healthPort?: number,
): Promise<void> => {
  const { HEALTH_PORT, HEALTH_HOST, EXIT_WITH_PARENT } = readBaseConfig();
  const port = healthPort ?? HEALTH_PORT;
  const at = { host: HEALTH_HOST, port: port ?? 0 };
  const healthServer =
    port === undefined ? undefined : await serveHealth(runtime.health, runtime.metrics, at);
  const close = async (): Promise<void> => {
    await app.close();
    await runtime.bus?.close();
    await healthServer?.close();
  };
  endInOrder(name, close, { withParent: EXIT_WITH_PARENT });
  new Logger(name).log(`ready${healthServer ? ` (health on port ${healthServer.port})` : ''}`);
};
