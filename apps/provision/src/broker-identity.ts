import { join } from 'node:path';
import { minerResponse, minerTemplate } from '@ganglion/contracts';
import { type Account, encodeAccount, encodeOperator, newScopedSigner, type SigningKey } from '@nats-io/jwt';
import { createAccount, createOperator, fromSeed, type KeyPair } from '@nats-io/nkeys';
import { keepSecret } from './secret-file.js';

/** The broker's keys and the JWTs that follow from them. */
export interface BrokerIdentity {
  /** The root: it signs only the operator's own JWT, and never leaves provision. */
  readonly operatorJwt: string;
  /** Signs account JWTs; node-pool holds it too, because a revocation is an account JWT. */
  readonly operatorSigning: KeyPair;
  readonly systemAccount: KeyPair;
  readonly systemAccountJwt: string;
  /** The account in which modules and miners live. */
  readonly account: KeyPair;
  readonly accountJwt: string;
  /** Mints miners and nothing else. */
  readonly minerSigning: KeyPair;
}

/** Without explicit limits the server refuses connections; -1 is "no limit". */
const accountLimits = {
  conn: -1,
  data: -1,
  subs: -1,
  payload: -1,
  exports: -1,
  imports: -1,
  wildcards: true,
  leaf: -1,
};
const jetstreamLimits = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

const NANOSECONDS_PER_MS = 1_000_000;

/**
 * The scope of the miners' signing key (NATS "scoped signing key"): user JWTs that it signs carry no permissions of
 * their own, and the server puts the user's public key into `{{subject()}}` of this template. So the holder of the key
 * cannot mint anything broader than one miner.
 */
const minerScope = (minerSigning: KeyPair): SigningKey =>
  newScopedSigner(minerSigning, 'miner', {
    pub: { allow: [...minerTemplate.publish] },
    sub: { allow: [...minerTemplate.subscribe] },
    resp: { max: minerResponse.max, ttl: minerResponse.ttlMs * NANOSECONDS_PER_MS },
  });

/** What the network's account allows. `revocations` are kept when the claims are renewed. */
export const networkAccount = (
  minerSigning: KeyPair,
  revocations?: Account['revocations'],
): Partial<Account> => ({
  limits: { ...accountLimits, ...jetstreamLimits },
  signing_keys: [minerScope(minerSigning)],
  ...(revocations ? { revocations } : {}),
});

const keepKey = async (path: string, create: () => KeyPair): Promise<KeyPair> =>
  fromSeed(
    new TextEncoder().encode(await keepSecret(path, () => new TextDecoder().decode(create().getSeed()))),
  );

/** Reads the broker's keys from the secrets folders, or makes them where they are not. */
export const keepBrokerIdentity = async (secrets: string): Promise<BrokerIdentity> => {
  const provision = join(secrets, 'provision');
  const nodePool = join(secrets, 'node-pool');
  const operator = await keepKey(join(provision, 'operator.seed'), createOperator);
  const operatorSigning = await keepKey(join(nodePool, 'operator-signing.seed'), createOperator);
  const systemAccount = await keepKey(join(provision, 'system-account.seed'), createAccount);
  const account = await keepKey(join(provision, 'account.seed'), createAccount);
  const minerSigning = await keepKey(join(nodePool, 'miner-signing.seed'), createAccount);

  const operatorJwt = await keepSecret(join(provision, 'operator.jwt'), () =>
    encodeOperator('ganglion', operator, {
      system_account: systemAccount.getPublicKey(),
      signing_keys: [operatorSigning.getPublicKey()],
    }),
  );
  const signer = { signer: operatorSigning };
  const systemAccountJwt = await keepSecret(join(provision, 'system-account.jwt'), () =>
    encodeAccount('SYS', systemAccount, { limits: accountLimits }, signer),
  );
  await keepSecret(join(nodePool, 'account.public'), () => account.getPublicKey());
  const accountJwt = await keepSecret(join(nodePool, 'account.jwt'), () =>
    encodeAccount('GANGLION', account, networkAccount(minerSigning), signer),
  );
  return { operatorJwt, operatorSigning, systemAccount, systemAccountJwt, account, accountJwt, minerSigning };
};
