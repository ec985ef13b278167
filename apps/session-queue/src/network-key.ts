import type { Sign } from '@ganglion/commitment';
import { ed25519 } from '@noble/curves/ed25519.js';

/** The key that signs receipts: the network's word. */
export class NetworkKey {
  readonly publicKey: string;
  readonly sign: Sign;

  /** @param seed 32 bytes in hex. */
  constructor(seed: string) {
    if (!/^[0-9a-f]{64}$/.test(seed))
      throw new Error('network.key: must be 64 hex digits; run provision again');
    const secret = Uint8Array.from(Buffer.from(seed, 'hex'));
    this.publicKey = Buffer.from(ed25519.getPublicKey(secret)).toString('hex');
    this.sign = (message) => ed25519.sign(message, secret);
  }
}
