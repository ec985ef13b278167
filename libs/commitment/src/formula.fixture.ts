import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Receipt, ReceiptChoice, ReceiptSegment } from './receipt.js';

/**
 * A second verifier, written from the formulas in `docs/commitment.md` with node:crypto alone. It imports types only:
 * where it and the library agree, neither has copied the other's mistake.
 */
export function isSoundByFormula(receipt: Receipt, networkKey: string): boolean {
  const { signature, ...unsigned } = receipt;
  if (receipt.network.publicKey !== networkKey) return false;
  if (!isSignedBy(hex(networkKey), Buffer.from(jcs(unsigned)), signature)) return false;
  if (sha256(Buffer.from(jcs(receipt.request))).toString('hex') !== receipt.requestDigest) return false;
  const heads = receipt.choices.map((choice) => headOf(receipt, choice));
  if (heads.includes(null)) return false;
  const ends = receipt.choices.map((choice) => choice.segments.at(-1)!);
  if (ends.every(({ proof }) => proof.kind !== 'commit')) return true;
  return ends.every((end) => isCommitSound(receipt, heads as Buffer[], end));
}

const FINISH = ['stop', 'length', 'cancelled', 'content_filter', 'error'];
const tag = (name: string) => Buffer.from(`${name}\0`);
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
/** Strict, because Buffer ignores what is not hex: another spelling of the same bytes is a changed receipt. */
function hex(text: string): Buffer {
  const bytes = Buffer.from(text, 'hex');
  if (bytes.toString('hex') !== text) throw new RangeError(`${text} is not lowercase hex`);
  return bytes;
}

function integer(value: number, bytes: number): Buffer {
  // Two's complement by modulus: i32 and u32 have the same bytes.
  const wrapped = BigInt.asUintN(bytes * 8, BigInt(value));
  return hex(wrapped.toString(16).padStart(bytes * 2, '0'));
}

/** RFC 8785 for parsed JSON. */
function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jcs((value as Record<string, unknown>)[key])}`).join(',')}}`;
}

/** An NKEY is base32 of prefix[1] key[32] crc[2]. */
function nodeKey(nodeId: string): Buffer {
  const bits = [...nodeId]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2))).subarray(1, 33);
}

function isSignedBy(publicKey: Buffer, message: Buffer, signature: string): boolean {
  const der = Buffer.concat([hex('302a300506032b6570032100'), publicKey]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return verify(null, message, key, hex(signature));
}

/** The last link of a choice, or null when a link or a frame's signature does not hold. */
function headOf(receipt: Receipt, choice: ReceiptChoice): Buffer | null {
  let link: Buffer = Buffer.alloc(0);
  let count = 0;
  for (const segment of choice.segments) {
    const context = contextOf(receipt, choice.index, segment);
    link = count === 0 ? context : sha256(context, integer(count, 4), link);
    if (segment.from !== count + 1 || link.toString('hex') !== segment.startHead) return null;
    let signed = link;
    for (; count < segment.to; count++) {
      const [id, text] = choice.tokens[count]!;
      const bytes = Buffer.from(text);
      link = sha256(link, integer(count + 1, 4), integer(id, 4), integer(bytes.length, 4), bytes);
      if (segment.proof.kind === 'stream' && count + 1 === segment.proof.signedTo) signed = link;
    }
    if (link.toString('hex') !== segment.head || !isFrameSound(segment, signed)) return null;
  }
  return count === choice.tokens.length ? link : null;
}

function contextOf(receipt: Receipt, choice: number, { attempt, nodeId }: ReceiptSegment): Buffer {
  const id = hex(receipt.taskId.replaceAll('-', ''));
  const numbers = [integer(attempt, 2), integer(choice, 2)];
  const digests = [hex(receipt.model.digest), hex(receipt.requestDigest)];
  return sha256(tag('ganglion/commit/v1'), id, ...numbers, nodeKey(nodeId), ...digests);
}

function isFrameSound({ proof, nodeId }: ReceiptSegment, link: Buffer): boolean {
  if (proof.kind !== 'stream') return true;
  if (proof.link !== link.toString('hex')) return false;
  const finish = proof.finish === null ? 255 : FINISH.indexOf(proof.finish);
  const message = Buffer.concat([tag('ganglion/frame/v1'), link, integer(finish, 1)]);
  return isSignedBy(nodeKey(nodeId), message, proof.signature);
}

function isCommitSound(receipt: Receipt, heads: Buffer[], { proof, nodeId }: ReceiptSegment): boolean {
  if (proof.kind !== 'commit') return false;
  const choices = receipt.choices.map(({ tokens, finish }, index) =>
    Buffer.concat([heads[index]!, integer(tokens.length, 4), integer(FINISH.indexOf(finish), 1)]),
  );
  const evidence = receipt.choices.flatMap((choice) =>
    choice.evidence.flat().map((value) => integer(value, 4)),
  );
  const precommit = sha256(
    tag(proof.logprobs === undefined ? 'ganglion/precommit/v1' : 'ganglion/precommit/v2'),
    integer(choices.length, 2),
    ...choices,
    sha256(...evidence),
    ...(proof.logprobs === undefined ? [] : [hex(proof.logprobs)]),
    hex(proof.salt),
  );
  const message = Buffer.concat([tag('ganglion/commit-sig/v1'), precommit]);
  return (
    precommit.toString('hex') === proof.precommit && isSignedBy(nodeKey(nodeId), message, proof.signature)
  );
}
