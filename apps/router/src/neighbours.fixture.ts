import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControlRecord,
  databaseModules,
  Fault,
  type Frame,
  type InputOf,
  nodePool,
  type Request,
  session,
  sessionQueue,
  type SessionView,
  type TaskView,
  type Token,
} from '@ganglion/contracts';
import { Bus, connectBus } from '@ganglion/messaging';
import { Clock, Health, Metrics, RuntimeModule } from '@ganglion/runtime';
import { BrokerServer, freePort } from '@ganglion/testkit';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { headers, type Msg } from '@nats-io/nats-core';
import { Attempt, NODE, TASK_ID } from './answer.fixture.js';
import { ClosingService } from './closing.service.js';
import { serveDashboard } from './dashboard.config.js';
import { guardEdge, makeAdapter } from './http.config.js';
import { RouterModule } from './router.module.js';

export const API_KEY = 'gk_0123456789abcdefghij';
export const OTHER_KEY = 'gk_ABCDEFGHIJ0123456789';
export const ADMIN_KEY = 'gk_adminADMINadminADMIN';
export const COOKIE_SECRET = 'c'.repeat(64);
export const SESSION_ID = 'b7d0f1a6-3f0e-4a67-9d6e-0f4a4f1c2d3e';
const AT = '2026-01-01T00:00:00.000Z';

/** Unchecked: a peer may break its contract. */
type Answer<R extends Request> = (input: InputOf<R>) => unknown;

/** What the peers say of a task. */
export type Script = (task: {
  attempt: Attempt;
  taskId: string;
  frames: (tokens: Token[]) => Frame[];
}) => void;

/**
 * A router on a real broker, beside peers that speak the contracts as the spec tells them: late, wrong or hostile, as
 * the real modules could not be made to.
 */
export class Neighbours {
  readonly #answers = new Map<string, (input: unknown) => unknown>();
  readonly asked: { subject: string; input: unknown }[] = [];

  private constructor(
    readonly url: string,
    readonly bus: Bus,
    /** Where the router looks for the dashboard's build; nothing is there at first. */
    readonly dashboard: string,
    private readonly end: () => Promise<void>,
  ) {}

  /** @param options.trustProxy whether the router stands behind a proxy of its own */
  static async start({ trustProxy = false } = {}): Promise<Neighbours> {
    const directory = await mkdtemp(join(tmpdir(), 'router-'));
    const port = await freePort();
    const configFile = join(directory, 'nats.conf');
    await writeFile(configFile, `host: "127.0.0.1"\nport: ${port}\n`);
    const broker = await BrokerServer.start({ configFile, port, logFile: join(directory, 'nats.log') });
    const bus = await connectBus({ servers: broker.url, name: 'neighbours' });
    const routerBus = await connectBus({ servers: broker.url, name: 'router' });
    await writeFile(join(directory, 'cookie.secret'), COOKIE_SECRET);
    Object.assign(process.env, { SECRETS_DIR: directory, TRUST_PROXY: String(trustProxy) });
    const dashboard = join(directory, 'dashboard');
    const app = await startRouter(routerBus, { dashboard, trustProxy });
    const neighbours = new Neighbours(await app.getUrl(), bus, dashboard, async () => {
      await app.close();
      await Promise.all([bus.close(), routerBus.close()]);
      await broker.stop();
      await rm(directory, { recursive: true, force: true });
    });
    await neighbours.listen();
    neighbours.answerAll();
    return neighbours;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /** Answers a request from now on; a later answer replaces it. */
  answer<R extends Request>(message: R, how: Answer<R>): void {
    this.#answers.set(message.subject, (input) => {
      const parsed = message.input.parse(input) as InputOf<R>;
      this.asked.push({ subject: message.subject, input: parsed });
      return how(parsed);
    });
  }

  askedFor<R extends Request>(message: R): InputOf<R>[] {
    return this.asked
      .filter(({ subject }) => subject === message.subject)
      .map(({ input }) => input as InputOf<R>);
  }

  frame(taskId: string, frame: Frame, nodeId = NODE): void {
    this.bus.publishFrame(nodeId, taskId, frame);
  }

  control(taskId: string, ...records: ControlRecord[]): void {
    for (const record of records) {
      const named = 'taskId' in record ? { ...record, taskId } : record;
      this.bus.publishControl(taskId, 'receiptId' in named ? { ...named, receiptId: taskId } : named);
    }
  }

  /** From now on every submitted task is answered by this script, before its submission is. */
  play(script: Script): void {
    this.answer(session.submit, ({ taskId }) => {
      const attempt = new Attempt({ attempt: 1, nodeId: NODE });
      script({ attempt, taskId, frames: (tokens) => attempt.frames(tokens) });
      return { taskId, sessionId: SESSION_ID, state: 'QUEUED', position: 1 };
    });
  }

  private async listen(): Promise<void> {
    for (const module of databaseModules)
      this.bus.nats.subscribe(`req.${module}.*`, { callback: (_, msg) => void this.reply(msg) });
    await this.bus.nats.flush();
  }

  private async reply(msg: Msg): Promise<void> {
    try {
      const how = this.#answers.get(msg.subject);
      if (!how) throw new Fault('UNAVAILABLE', `nobody answers ${msg.subject}`);
      msg.respond(JSON.stringify(await how(msg.json())));
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault('INTERNAL', String(error));
      const marked = headers();
      marked.set('Fault', fault.code);
      msg.respond(JSON.stringify(fault.toBody()), { headers: marked });
    }
  }

  /** A network with one model, three keys and one session. */
  private answerAll(): void {
    this.answer(session.authenticate, ({ keyHash }) => {
      const known = [API_KEY, OTHER_KEY, ADMIN_KEY].findIndex((key) => hashOf(key) === keyHash);
      if (known < 0) throw new Fault('UNAUTHENTICATED', 'unknown key');
      return { keyId: `key-${known}`, name: 'test', scopes: [known === 2 ? 'admin' : 'inference'] };
    });
    this.answer(nodePool.models, () => ({
      models: [
        {
          id: 'tiny',
          digest: 'ab'.repeat(32),
          contextLength: 512,
          quantisation: 'fp32',
          parameters: null,
          defaults: { temperature: 1, topP: 1, topK: 0, maxTokens: 64 },
          registeredAt: AT,
          nodes: 3,
        },
      ],
    }));
    this.answer(session.get, () => sessionOf('key-0'));
    this.answer(sessionQueue.cancel, ({ taskId }) => ({ taskId, state: 'CANCELLING' }));
    this.answer(sessionQueue.get, ({ taskId }) => taskOf({ taskId, state: 'STREAMING' }));
    this.answer(session.submit, ({ taskId }) => ({
      taskId,
      sessionId: SESSION_ID,
      state: 'QUEUED',
      position: 0,
    }));
  }
}

const startRouter = async (
  bus: Bus,
  { dashboard, trustProxy }: { dashboard: string; trustProxy: boolean },
): Promise<NestFastifyApplication> => {
  const runtime = { bus, clock: new Clock(), health: new Health(), metrics: new Metrics('router') };
  const app = await NestFactory.create<NestFastifyApplication>(
    RuntimeModule.around(RouterModule, runtime),
    makeAdapter({ trustProxy }),
    { logger: false },
  );
  app.useWebSocketAdapter(new IoAdapter(app));
  const fastify = app.getHttpAdapter().getInstance();
  guardEdge(fastify, { metrics: runtime.metrics, closing: app.get(ClosingService) });
  serveDashboard(fastify, { directory: dashboard });
  await app.listen(0, '127.0.0.1');
  return app;
};

export const sessionOf = (owner: string): SessionView => ({
  sessionId: SESSION_ID,
  kind: 'explicit',
  owner,
  state: 'READY',
  reason: null,
  parameters: session.open.input.shape.parameters.parse({ model: 'tiny' }),
  nodes: [NODE],
  createdAt: AT,
  expiresAt: null,
  history: [],
});

export const taskOf = (facts: Partial<TaskView>): TaskView => ({
  taskId: TASK_ID,
  sessionId: SESSION_ID,
  owner: 'key-0',
  state: 'QUEUED',
  reason: null,
  model: 'tiny',
  redundancy: 1,
  submittedAt: AT,
  endedAt: null,
  position: 0,
  etaMs: null,
  attempts: [],
  history: [],
  result: null,
  ...facts,
});

export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
