import { nodePool, session, sessionQueue } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Health, Metrics } from '@ganglion/runtime';
import { Controller, Get, Header, type OnModuleInit, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from './auth.guard.js';

const CHECK_MS = { timeoutMs: 1_500 };

@Controller()
@Public()
export class HealthController implements OnModuleInit {
  /** However many ask, the modules are asked once at a time. */
  #asking: ReturnType<Health['report']> | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  /** Ready means that a request could be answered: each module must answer a question that reads its tables. */
  onModuleInit(): void {
    this.health.require('session', async () => {
      await this.bus.request(session.list, { owner: null, limit: 1 }, CHECK_MS);
      return true;
    });
    this.health.require('session-queue', async () => {
      await this.bus.request(sessionQueue.list, { owner: null, sessionId: null, limit: 1 }, CHECK_MS);
      return true;
    });
    this.health.require('node-pool', async () => {
      await this.bus.request(nodePool.models, {}, CHECK_MS);
      return true;
    });
  }

  @Get('healthz')
  alive() {
    return { ok: true };
  }

  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    this.#asking ??= this.health.report().finally(() => (this.#asking = undefined));
    const report = await this.#asking;
    reply.status(report.ready ? 200 : 503);
    return report;
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  text() {
    return this.metrics.text();
  }
}
