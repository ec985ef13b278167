import type { ModuleName } from '@ganglion/contracts';
import {
  answerRollCall,
  type Bus,
  connectPatiently,
  FaultFilter,
  NatsStrategy,
  parseCredentials,
  type StrategyObserver,
} from '@ganglion/messaging';
import { type INestApplication, Logger, type LoggerService, type Type } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { type Beginning, begin } from './begin.js';
import { readBrokerConfig, secret } from './config.js';
import type { Metrics } from './metrics.js';
import { presentAs } from './roll-call.js';
import { RuntimeModule } from './runtime.module.js';

const MISSED_EVERY_MS = 5_000;

/** Runs a module's service: its handlers answer and hear on the broker until the process is told to end. */
export const serve = async (name: ModuleName, module: Type): Promise<void> => {
  const process = await begin(name);
  const { logger, runtime } = process;
  const bus = await joinBroker(name, process);
  const strategy = new NatsStrategy(bus, name, observe(runtime.metrics));
  runtime.health.require('events', () => strategy.isHearing);
  const app = await NestFactory.createMicroservice(RuntimeModule.around(module, { ...runtime, bus }), {
    strategy,
    logger,
  });
  process.closeFirst(() => app.close());
  app.useGlobalFilters(new FaultFilter());
  await app.listen();
  process.started();
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
  const process = await begin(name);
  const { logger, runtime } = process;
  const bus = await joinBroker(name, process);
  const app = await NestFactory.create<A>(
    RuntimeModule.around(module, { ...runtime, bus }),
    options.adapter,
    { logger },
  );
  process.closeFirst(() => app.close());
  await options.configure?.(app);
  await app.listen(options.at.port, options.at.host);
  process.started();
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
  const process = await begin(name, options);
  const { logger, runtime } = process;
  const app = await NestFactory.createApplicationContext(RuntimeModule.around(module, runtime), { logger });
  process.closeFirst(() => app.close());
  process.started();
};

const joinBroker = async (name: ModuleName, { runtime, closeFirst }: Beginning): Promise<Bus> => {
  const { health, metrics } = runtime;
  const { NATS_URL, SECRETS_DIR } = readBrokerConfig();
  const creds = secret('nats.creds');
  if (!creds) throw new Error(`${SECRETS_DIR}/nats.creds is missing: run provision first`);
  health.require('broker', () => false);
  const options = { servers: NATS_URL.split(','), name, credentials: parseCredentials(creds) };
  const log = new Logger('Bus');
  const bus = await connectPatiently(options, (error, tries) => {
    if (tries === 1) log.warn(`waiting for the broker at ${NATS_URL}: ${String(error)}`);
  });
  health.require('broker', () => bus.isConnected);
  closeFirst(() => bus.close());
  const malformed = metrics.counter('ganglion_malformed_total', 'Messages that did not parse, by kind', [
    'kind',
  ]);
  bus.onMalformed = (kind) => malformed.inc({ kind });
  const published = metrics.counter('ganglion_events_total', 'Events said, by subject and reason', [
    'event',
    'code',
  ]);
  bus.onPublished = (event, payload) => published.inc({ event, code: codeOf(payload) });
  answerRollCall(bus, () => presentAs(name, runtime));
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
  let missedAt = -Infinity;
  return {
    answered: (subject, outcome, ms) => answered.observe({ subject, outcome }, ms),
    heard: (subject, outcome, ms) => heard.observe({ subject, outcome }, ms),
    failed: (subject, error) =>
      log.error(`${subject}: ${error instanceof Error ? error.stack : String(error)}`),
    missed: (subject, error) => {
      // Every message of an outage fails: the figures count them, and a line now and then says why.
      if (performance.now() - missedAt < MISSED_EVERY_MS) return;
      missedAt = performance.now();
      log.warn(
        `${subject}: a server is away: ${error instanceof Error ? error.message.trim() : String(error)}`,
      );
    },
  };
};
