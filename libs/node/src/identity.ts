import { createPrivateKey, sign as signWith } from 'node:crypto';
import type { Sign } from '@ganglion/commitment';
import { createUser, fromSeed } from '@nats-io/nkeys';

/** Who a node is: its public NKEY and what it signs with. The seed never leaves the process. */
export interface NodeIdentity {
  readonly nodeId: string;
  /** The seed in its encoded form, as the broker's client wants it. */
  readonly seed: Uint8Array;
  readonly sign: Sign;
}

/** A new random seed, encoded (`SU…` in ASCII). */
export const createSeed = (): Uint8Array => createUser().getSeed();

/** RFC 8410: what precedes the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The identity of an encoded user seed.
 * Signs with the platform's Ed25519, because the broker client's own, in plain JavaScript, takes 10 ms a signature.
 * @throws Error when the seed is malformed or is not a user's
 */
export const readIdentity = (seed: Uint8Array): NodeIdentity => {
  const nodeId = publicKeyOf(seed);
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, rawSeed(seed)]),
    format: 'der',
    type: 'pkcs8',
  });
  return { nodeId, seed, sign: (message) => new Uint8Array(signWith(null, message, key)) };
};

const publicKeyOf = (seed: Uint8Array): string => {
  let nodeId: string;
  try {
    nodeId = fromSeed(seed).getPublicKey();
  } catch (error) {
    throw new Error(
      "the node's key is not an NKEY seed: restore the key file, or remove it to get a new identity",
      {
        cause: error,
      },
    );
  }
  if (nodeId.startsWith('U')) return nodeId;
  throw new Error(`the node's key must be a user seed (SU…), not one of ${nodeId[0]}…`);
};

/** The 32 bytes inside an encoded seed: base32 of two prefix bytes, the seed and a CRC that was checked before. */
const rawSeed = (seed: Uint8Array): Buffer => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of new TextDecoder().decode(seed).trim()) {
    value = ((value << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 0xff);
  }
  return Buffer.from(bytes.slice(2, 34));
};
