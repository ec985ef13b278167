import { type Account, decode, encodeAccount, encodeUser } from '@nats-io/jwt';
import { fromPublic, fromSeed, type KeyPair } from '@nats-io/nkeys';

/** A miner renews in good time; a stolen credential is worth no more than this. */
const CREDENTIAL_LIFETIME_MS = 3_600_000;

export interface CredentialSecrets {
  /** Of the scoped signing key that can mint miners only. */
  minerSigningSeed: string;
  /** Of the operator's signing key, for the account's claims. */
  operatorSigningSeed: string;
  accountJwt: string;
}

/**
 * Mints the broker credentials of miners, and the account's claims with the keys it refuses (NATS JWTs, version 2:
 * https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt).
 */
export class Credentials {
  /** The network's account at the broker. */
  readonly account: string;
  readonly #name: string;
  readonly #claims: Partial<Account>;
  readonly #minerSigner: KeyPair;
  readonly #operatorSigner: KeyPair;

  /** Throws an error when a seed or the JWT is malformed. */
  constructor(secrets: CredentialSecrets) {
    const { sub, name, nats } = decode<Account>(secrets.accountJwt);
    this.account = sub;
    this.#name = name;
    this.#claims = nats;
    this.#minerSigner = fromSeed(new TextEncoder().encode(secrets.minerSigningSeed));
    this.#operatorSigner = fromSeed(new TextEncoder().encode(secrets.operatorSigningSeed));
  }

  /**
   * A credential for the node's public key: its seed never leaves it. The JWT names no rights, because those of a
   * scoped signing key are the server's to fill in from the key's template.
   */
  async mint(nodeId: string, now: Date): Promise<{ jwt: string; expiresAt: string }> {
    const exp = Math.floor((now.getTime() + CREDENTIAL_LIFETIME_MS) / 1_000);
    const jwt = await encodeUser(
      nodeId,
      fromPublic(nodeId),
      fromPublic(this.account),
      {},
      { signer: this.#minerSigner, scopedUser: true, exp },
    );
    return { jwt, expiresAt: new Date(exp * 1_000).toISOString() };
  }

  /** The account's claims in which credentials of these keys, issued until then (epoch seconds), are void. */
  claimsWithout(revoked: ReadonlyMap<string, number>): Promise<string> {
    const revocations = { ...this.#claims.revocations, ...Object.fromEntries(revoked) };
    const claims = { ...this.#claims, revocations };
    return encodeAccount(this.#name, fromPublic(this.account), claims, { signer: this.#operatorSigner });
  }
}
