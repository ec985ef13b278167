import { isDeepStrictEqual } from 'node:util';
import type { Permissions } from '@ganglion/contracts';
import { encodeUser, fmtCreds, parseCreds } from '@nats-io/jwt';
import { createUser, fromSeed, type KeyPair } from '@nats-io/nkeys';
import { readSecret, replaceSecret } from './secret-file.js';

const claims = ({ publish, subscribe }: Permissions) => ({
  pub: { allow: [...publish] },
  sub: { allow: [...subscribe] },
});

/** A user's JWT with exactly these permissions, signed by its account. */
export const userJwt = (
  name: string,
  permissions: Permissions,
  account: KeyPair,
  user: KeyPair,
): Promise<string> => encodeUser(name, user, account, claims(permissions));

/**
 * Keeps a module's credentials. The key stays for good; the JWT is signed anew when the contracts have changed what
 * the module may say and hear, or when the file belongs to another account.
 */
export const keepCredentials = async (
  path: string,
  name: string,
  permissions: Permissions,
  account: KeyPair,
): Promise<void> => {
  const sign = async (user: KeyPair): Promise<string> =>
    new TextDecoder().decode(fmtCreds(await userJwt(name, permissions, account, user), user));
  const kept = await readSecret(path);
  if (kept === undefined) return replaceSecret(path, await sign(createUser()));
  const { key, uc, aid } = await parseCreds(new TextEncoder().encode(`${kept}\n`)).catch((error: unknown) => {
    throw new Error(`${path} holds no NATS credentials (${String(error)}): delete it for new ones`);
  });
  const wanted = claims(permissions);
  const isCurrent =
    aid === account.getPublicKey() &&
    isDeepStrictEqual(uc.nats.pub, wanted.pub) &&
    isDeepStrictEqual(uc.nats.sub, wanted.sub);
  if (isCurrent) return;
  await replaceSecret(path, await sign(fromSeed(new TextEncoder().encode(key))));
};
