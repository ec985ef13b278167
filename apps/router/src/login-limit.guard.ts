import { Clock } from '@ganglion/runtime';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { takeOne } from './limited.js';
import { RateLimit } from './rate-limit.js';
import { ROUTER_CONFIG, type RouterConfig } from './router.config.js';

/** Whoever guesses keys guesses slowly: each address may try to log in only so often. */
@Injectable()
export class LoginLimitGuard implements CanActivate {
  readonly #limit: RateLimit;

  constructor(
    private readonly clock: Clock,
    @Inject(ROUTER_CONFIG) config: RouterConfig,
  ) {
    this.#limit = new RateLimit({ perMinute: config.LOGINS_PER_MINUTE });
  }

  canActivate(context: ExecutionContext): boolean {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    takeOne(this.#limit, ip, { now: this.clock.ms(), what: `logins from ${ip}` });
    return true;
  }
}
