import { nodeKey } from '@ganglion/commitment';
import { Fault } from '@ganglion/contracts';
import { ed25519 } from '@noble/curves/ed25519.js';

/** What a node signs to prove its key: the UTF-8 bytes of `ganglion/join/v1` 0x00 nonce (in hex, as given). */
export const joinMessage = (nonce: string): Uint8Array =>
  new TextEncoder().encode(`ganglion/join/v1\0${nonce}`);

/** Checks a node's Ed25519 signature (hex) of its join. Throws `INVALID` for a malformed key, `UNAUTHENTICATED`. */
export const checkJoinProof = (proof: { nodeId: string; nonce: string; signature: string }): void => {
  const key = readKey(proof.nodeId);
  const signature = Buffer.from(proof.signature, 'hex');
  if (ed25519.verify(signature, joinMessage(proof.nonce), key, { zip215: false })) return;
  throw new Fault(
    'UNAUTHENTICATED',
    'signature: does not verify; sign the UTF-8 bytes of `ganglion/join/v1`, a zero byte and the nonce with the key of nodeId',
  );
};

const readKey = (nodeId: string): Uint8Array => {
  try {
    return nodeKey(nodeId);
  } catch (error) {
    if (error instanceof RangeError) throw new Fault('INVALID', `nodeId: ${error.message}`);
    throw error;
  }
};
