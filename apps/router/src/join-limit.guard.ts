import { Clock } from '@ganglion/runtime';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { takeOne } from './limited.js';
import { RateLimit } from './rate-limit.js';
import { ROUTER_CONFIG, type RouterConfig } from './router.config.js';

/** Joining needs no API key, so each address may try only so often. */
@Injectable()
export class JoinLimitGuard implements CanActivate {
  readonly #limit: RateLimit;

  constructor(
    private readonly clock: Clock,
    @Inject(ROUTER_CONFIG) config: RouterConfig,
  ) {
    this.#limit = new RateLimit({ perMinute: config.JOINS_PER_MINUTE });
  }

  canActivate(context: ExecutionContext): boolean {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    takeOne(this.#limit, ip, { now: this.clock.ms(), what: `joins from ${ip}` });
    return true;
  }
}
