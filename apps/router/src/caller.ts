import { type ApiKeyFacts, Fault } from '@ganglion/contracts';
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who asks: the facts of the API key. */
export interface AuthenticatedRequest extends FastifyRequest {
  caller?: ApiKeyFacts;
}

export const PUBLIC = 'ganglion:public';
/** A route that needs no API key. */
export const Public = () => SetMetadata(PUBLIC, true);

export const ADMIN_ONLY = 'ganglion:admin-only';
/** A route for keys with the scope `admin`. */
export const AdminOnly = () => SetMetadata(ADMIN_ONLY, true);

/** The caller of an authenticated route. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): ApiKeyFacts => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('a route with a caller must not be public');
  return caller;
});

export const isAdmin = ({ scopes }: ApiKeyFacts): boolean => scopes.includes('admin');

/** Someone else's thing is told like one that does not exist; admins see all. */
export const requireOwner = <T extends { owner: string | null }>(
  caller: ApiKeyFacts,
  thing: T,
  what: string,
): T => {
  if (thing.owner === caller.keyId || isAdmin(caller)) return thing;
  throw new Fault('NOT_FOUND', `${what} does not exist`);
};
