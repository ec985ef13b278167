import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { isTaskId } from './context.js';
import { readHex, writeHex } from './hex.js';
import { nodeKey } from './node-key.js';
import { isSigned, type Sign, signMessage } from './signature.js';
import { domain, utf8 } from './utf8.js';

/** What a node that has a role in a health test binds itself to. */
export interface RoleStatement {
  role: 'creator' | 'preparer';
  /** A UUID in its lowercase form. */
  roundId: string;
  /** Drawn for this node's turn alone, 32 bytes in hex: what it signed for another turn does not fit. */
  seed: string;
  /** `digestJson` of the frozen request, hex. */
  requestDigest: string;
  /** `referenceDigest` of its answer, hex. */
  reference: string;
}

const REFERENCE = domain('ganglion/reference/v1');
const ROLE = domain('ganglion/round-role/v1');
const codes = { creator: 0, preparer: 1 } as const;

/**
 * The answer to a test by its hash:
 * `H("ganglion/reference/v1" 0x00 requestDigest[32] choices[u16] (len[u32] text)*)`, texts in UTF-8. Whoever computes the
 * same texts to the same request has the same hash, and nobody learns an answer from that of another request.
 * @throws RangeError when the digest is malformed.
 */
export function referenceDigest(requestDigest: string, texts: readonly string[]): string {
  const parts = texts.map(utf8);
  const length = parts.reduce((sum, part) => sum + 4 + part.length, REFERENCE.length + 34);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(REFERENCE);
  bytes.set(readHex(requestDigest, 32, 'requestDigest'), REFERENCE.length);
  view.setUint16(REFERENCE.length + 32, parts.length);
  let at = REFERENCE.length + 34;
  for (const part of parts) {
    view.setUint32(at, part.length);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return writeHex(sha256(bytes));
}

/**
 * What a role's signature covers:
 * `"ganglion/round-role/v1" 0x00 role[u8, 0 = creator, 1 = preparer] roundId[16] seed[32] requestDigest[32] reference[32]`.
 * @throws RangeError naming the field that is malformed.
 */
export function roleMessage({ role, roundId, seed, requestDigest, reference }: RoleStatement): Uint8Array {
  if (!isTaskId(roundId)) throw new RangeError('roundId must be a UUID in lowercase');
  const message = new Uint8Array(ROLE.length + 113);
  const body = message.subarray(ROLE.length);
  message.set(ROLE);
  body[0] = codes[role];
  body.set(hexToBytes(roundId.replaceAll('-', '')), 1);
  body.set(readHex(seed, 32, 'seed'), 17);
  body.set(readHex(requestDigest, 32, 'requestDigest'), 49);
  body.set(readHex(reference, 32, 'reference'), 81);
  return message;
}

/** Signature (hex) of what a node hands in. Throws as `roleMessage` does, or as the signer does. */
export function signRole(sign: Sign, statement: RoleStatement): string {
  return signMessage(sign, roleMessage(statement));
}

/** Whether `nodeId` signed the statement. Malformed input is false. */
export function verifyRole(nodeId: string, statement: RoleStatement, signature: string): boolean {
  try {
    return isSigned(nodeKey(nodeId), roleMessage(statement), signature);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
