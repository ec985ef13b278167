import { Fault } from '@ganglion/contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiKeysService } from './api-keys.service.js';
import { ADMIN_ONLY, type AuthenticatedRequest, isAdmin, PUBLIC } from './caller.js';

/** Every route needs an API key, unless it is marked `@Public()`; the socket authenticates at its handshake. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const caller = await this.keys.authenticateHeader(request.headers.authorization);
    if (!isAdmin(caller) && !caller.scopes.includes('inference'))
      throw new Fault('FORBIDDEN', 'this API key lacks the scope "inference": use another key');
    if (this.reflector.getAllAndOverride<boolean>(ADMIN_ONLY, targets) && !isAdmin(caller))
      throw new Fault('FORBIDDEN', 'this needs an API key with the scope "admin": use another key');
    request.caller = caller;
    return true;
  }
}
