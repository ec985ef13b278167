import { Fault } from '@ganglion/contracts';

/** Splits a `.creds` file into its JWT and seed. Throws `INVALID` if it holds no user JWT or no user seed. */
export const parseCredentials = (creds: string): { jwt: () => string; seed: Uint8Array } => {
  const jwt = /-----BEGIN NATS USER JWT-----\s+(\S+)/.exec(creds)?.[1];
  const seed = /-----BEGIN USER NKEY SEED-----\s+(\S+)/.exec(creds)?.[1];
  if (!jwt || !seed)
    throw new Fault('INVALID', 'nats.creds: not a NATS credentials file; run provision again');
  return { jwt: () => jwt, seed: new TextEncoder().encode(seed) };
};
