import { type ApiKeyFacts, Fault } from '@ganglion/contracts';

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
