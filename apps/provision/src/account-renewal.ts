import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inboxPrefix } from '@ganglion/contracts';
import { type Account, decode, encodeAccount } from '@nats-io/jwt';
import { createUser } from '@nats-io/nkeys';
import { connect, jwtAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { type BrokerIdentity, networkAccount } from './broker-identity.js';
import { systemPermissions } from './broker-permissions.js';
import { userJwt } from './broker-user.js';
import { replaceSecret } from './secret-file.js';

const OWNER = 'provision-system';

/**
 * The network account's JWT with the present scope of miners, keeping the revocations of the one in force; undefined
 * if that one is as it should be.
 */
const renewedAccountJwt = async (
  inForce: string,
  { account, minerSigning, operatorSigning }: BrokerIdentity,
): Promise<string | undefined> => {
  const { nats } = decode<Account>(inForce);
  const wanted = networkAccount(minerSigning, nats.revocations);
  if (isDeepStrictEqual(nats.signing_keys, wanted.signing_keys)) return undefined;
  return encodeAccount('GANGLION', account, wanted, { signer: operatorSigning });
};

/** Brings the account's claims at the broker up to the contracts, as after an upgrade that changed miners' rights. */
export const renewAccount = async (
  servers: string[],
  identity: BrokerIdentity,
  secrets: string,
): Promise<void> => {
  const nats = await connectAsSystem(servers, identity);
  try {
    const id = identity.account.getPublicKey();
    const inForce = await nats.request(`$SYS.REQ.ACCOUNT.${id}.CLAIMS.LOOKUP`, '', { timeout: 5_000 });
    const renewed = await renewedAccountJwt(inForce.string(), identity);
    if (!renewed) return;
    const reply = await nats.request('$SYS.REQ.CLAIMS.UPDATE', renewed, { timeout: 5_000 });
    const { error } = reply.json<{ error?: { description: string } }>();
    if (error) throw new Error(`the broker refused the account's claims: ${error.description}`);
    await replaceSecret(join(secrets, 'node-pool', 'account.jwt'), renewed);
  } finally {
    await nats.close();
  }
};

const connectAsSystem = async (servers: string[], identity: BrokerIdentity): Promise<NatsConnection> => {
  const { publish, subscribe } = systemPermissions(identity.account.getPublicKey());
  const user = createUser();
  const rights = { publish, subscribe: [...subscribe, `${inboxPrefix(OWNER)}.>`] };
  const jwt = await userJwt(OWNER, rights, identity.systemAccount, user);
  return connect({
    servers,
    name: OWNER,
    inboxPrefix: inboxPrefix(OWNER),
    authenticator: jwtAuthenticator(jwt, user.getSeed()),
  });
};
