import { type ApiKeyFacts, Fault } from '@ganglion/contracts';
import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Callers } from './callers.service.js';
import { isAdmin } from './ownership.js';

/** Who asks: the facts of the API key. */
interface AuthenticatedRequest extends FastifyRequest {
  caller?: ApiKeyFacts;
}

export const PUBLIC = 'ganglion:public';
/** A route that needs no API key. */
export const Public = () => SetMetadata(PUBLIC, true);

const ADMIN_ONLY = 'ganglion:admin-only';
/** A route for keys with the scope `admin`. */
export const AdminOnly = () => SetMetadata(ADMIN_ONLY, true);

/** The caller of an authenticated route. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): ApiKeyFacts => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('a route with a caller must not be public');
  return caller;
});

/**
 * Every route needs an API key, or the cookie of an operator's browser in its place, unless it is marked `@Public()`; the
 * socket authenticates at its handshake.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly callers: Callers,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const caller = await this.callers.ofRequest(request);
    if (!isAdmin(caller) && !caller.scopes.includes('inference'))
      throw new Fault('FORBIDDEN', 'this API key lacks the scope "inference": use another key');
    if (this.reflector.getAllAndOverride<boolean>(ADMIN_ONLY, targets) && !isAdmin(caller))
      throw new Fault('FORBIDDEN', 'this needs an API key with the scope "admin": use another key');
    request.caller = caller;
    return true;
  }
}
