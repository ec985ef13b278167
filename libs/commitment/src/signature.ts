import { verifyEd25519 } from './ed25519.js';
import { finishName, NO_FINISH } from './finish.js';
import { readHex, writeHex } from './hex.js';
import { nodeKey } from './node-key.js';
import { domain } from './utf8.js';

/** Signs with an Ed25519 key that stays with its owner: 64 bytes for a message. */
export type Sign = (message: Uint8Array) => Uint8Array;

const FRAME = domain('ganglion/frame/v1');
const COMMIT = domain('ganglion/commit-sig/v1');

/**
 * What a frame's signature covers: `"ganglion/frame/v1" 0x00 link finish[u8, 255 = none]`.
 * @throws RangeError when the link or finish code is malformed.
 */
export function frameMessage(link: string, finish?: number): Uint8Array {
  if (finish !== undefined) finishName(finish);
  const message = new Uint8Array(FRAME.length + 33);
  message.set(FRAME);
  message.set(readHex(link, 32, 'link'), FRAME.length);
  message[FRAME.length + 32] = finish ?? NO_FINISH;
  return message;
}

/**
 * What a commit's signature covers: `"ganglion/commit-sig/v1" 0x00 precommit`.
 * @throws RangeError when the precommit is malformed.
 */
export function commitMessage(precommit: string): Uint8Array {
  const message = new Uint8Array(COMMIT.length + 32);
  message.set(COMMIT);
  message.set(readHex(precommit, 32, 'precommit'), COMMIT.length);
  return message;
}

/** Signature (hex) of a frame that ends at `link`. Throws as `frameMessage` does, or as the signer does. */
export function signFrame(sign: Sign, link: string, finish?: number): string {
  return signMessage(sign, frameMessage(link, finish));
}

/** Signature (hex) of a precommit. Throws as `commitMessage` does, or as the signer does. */
export function signCommit(sign: Sign, precommit: string): string {
  return signMessage(sign, commitMessage(precommit));
}

/** Whether `nodeId` signed that its chain reached `link` (and ended there with `finish`). Malformed input is false. */
export function verifyFrame(
  nodeId: string,
  link: string,
  finish: number | undefined,
  signature: string,
): boolean {
  return isSound(() => isSigned(nodeKey(nodeId), frameMessage(link, finish), signature));
}

/** Whether `nodeId` signed `precommit`. Malformed input is false. */
export function verifyCommit(nodeId: string, precommit: string, signature: string): boolean {
  return isSound(() => isSigned(nodeKey(nodeId), commitMessage(precommit), signature));
}

/** Signature of `message` in hex. */
export function signMessage(sign: Sign, message: Uint8Array): string {
  const signature = sign(message);
  if (signature.length !== 64) throw new RangeError('an Ed25519 signature must be 64 bytes');
  return writeHex(signature);
}

/** RFC 8032 verification of a hex signature (ed25519.ts). Throws RangeError when the signature is not 64 bytes of hex. */
export function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: string): boolean {
  return verifyEd25519(publicKey, message, readHex(signature, 64, 'signature'));
}

/** A forged message must be an answer of "no", never an exception in whoever hears it. */
function isSound(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
