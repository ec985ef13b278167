import { type ApiKeyFacts, Fault } from '@ganglion/contracts';

export const isAdmin = ({ scopes }: ApiKeyFacts): boolean => scopes.includes('admin');

/** Someone else's thing is told as its module tells one that does not exist; admins see all. */
export const requireOwner = <T extends { owner: string | null }>(
  caller: ApiKeyFacts,
  thing: T,
  { field, what }: { field: string; what: string },
): T => {
  if (thing.owner === caller.keyId || isAdmin(caller)) return thing;
  throw new Fault('NOT_FOUND', `${field}: no ${what}`, { field });
};
