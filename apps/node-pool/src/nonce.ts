import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Fault } from '@ganglion/contracts';

/** A nonce must come back within this time. */
export const NONCE_LIFETIME_MS = 60_000;
/** Another replica's clock may be ahead of ours by this much. */
const CLOCK_TOLERANCE_MS = 2_000;

const seal = (secret: Uint8Array, body: Uint8Array): Buffer =>
  createHmac('sha256', secret).update('ganglion/nonce/v1\0').update(body).digest().subarray(0, 16);

/**
 * A nonce that any replica with the same secret can check: time[8] random[8] HMAC-SHA256(secret, time random)[16], in
 * hex. Nothing is stored until it has been used.
 */
export const makeNonce = (secret: Uint8Array, now: number): { nonce: string; expiresAt: Date } => {
  const body = Buffer.alloc(16);
  body.writeBigUInt64BE(BigInt(now));
  randomBytes(8).copy(body, 8);
  return {
    nonce: Buffer.concat([body, seal(secret, body)]).toString('hex'),
    expiresAt: new Date(now + NONCE_LIFETIME_MS),
  };
};

/** Checks that the nonce is ours and young. Throws `STALE` or `UNAUTHENTICATED`; single use is the store's to check. */
export const checkNonce = (secret: Uint8Array, nonce: string, now: number): void => {
  const bytes = Buffer.from(nonce, 'hex');
  const body = bytes.subarray(0, 16);
  if (bytes.length !== 32 || !timingSafeEqual(bytes.subarray(16), seal(secret, body))) {
    throw new Fault('UNAUTHENTICATED', 'nonce: not one of this network; ask for a new one');
  }
  const age = now - Number(body.readBigUInt64BE());
  if (age > NONCE_LIFETIME_MS || age < -CLOCK_TOLERANCE_MS) {
    throw new Fault('STALE', 'nonce: older than a minute; ask for a new one and sign that');
  }
};
