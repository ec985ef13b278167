import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Receipt } from '@ganglion/commitment';

type Choice = Receipt['choices'][number];
type Segment = Choice['segments'][number];

/**
 * Checks a receipt by the formulas of `docs/architecture.md`, section 6, with node:crypto alone: what anyone could
 * write who has only that page. Answers of one miner or several, each of which lived to commit.
 */
export const holdsByFormula = (receipt: Receipt, networkKey: string): boolean => {
  try {
    return isNetworkSigned(receipt, networkKey) && isRequestSound(receipt) && isCommitSound(receipt);
  } catch {
    // Not even readable: wrong lengths, characters that are not hex, numbers out of range.
    return false;
  }
};

const hash = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const label = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf8');
const finishes = ['stop', 'length', 'cancelled', 'content_filter', 'error'];

const bytes = (hex: string): Buffer => {
  const read = Buffer.from(hex, 'hex');
  if (read.toString('hex') !== hex) throw new Error('not lowercase hex');
  return read;
};

const u16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
};
const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
};
const i32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};

/** RFC 8785: members sorted by their UTF-16 units, no white space, numbers as ECMAScript writes them. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
};

/** Base32 (RFC 4648) of a prefix byte, the 32 bytes of the key and two of checksum. */
const keyOf = (nodeId: string): Buffer => {
  let bits = 0n;
  for (const letter of nodeId)
    bits = (bits << 5n) | BigInt('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  return bytes(bits.toString(16).padStart(70, '0')).subarray(1, 33);
};

const isSigned = (key: Buffer, message: Buffer, signature: string): boolean => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') };
  return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), bytes(signature));
};

const isNetworkSigned = ({ signature, ...signed }: Receipt, networkKey: string): boolean =>
  signed.network.publicKey === networkKey &&
  isSigned(bytes(networkKey), Buffer.from(canonical(signed), 'utf8'), signature);

const isRequestSound = ({ request, requestDigest, model }: Receipt): boolean =>
  hash(Buffer.from(canonical(request), 'utf8')).toString('hex') === requestDigest &&
  request['modelDigest'] === model.digest;

const contextOf = (receipt: Receipt, choice: number, { attempt, nodeId }: Segment): Buffer =>
  hash(
    label('ganglion/commit/v1'),
    bytes(receipt.taskId.replaceAll('-', '')),
    u16(attempt),
    u16(choice),
    keyOf(nodeId),
    bytes(receipt.model.digest),
    bytes(receipt.requestDigest),
  );

/** The head of a choice's chain, or an error where a segment does not start or end where it says. */
const headOf = (receipt: Receipt, { index, tokens, segments }: Choice): Buffer => {
  let link: Buffer = Buffer.alloc(0);
  let reached = 0;
  for (const segment of segments) {
    const context = contextOf(receipt, index, segment);
    link = reached === 0 ? context : hash(context, u32(reached), link);
    if (segment.from !== reached + 1 || !link.equals(bytes(segment.startHead))) throw new Error('start');
    for (; reached < segment.to; reached += 1) {
      const [id, text] = tokens[reached]!;
      const utf8 = Buffer.from(text, 'utf8');
      link = hash(link, u32(reached + 1), u32(id), u32(utf8.length), utf8);
    }
    if (!link.equals(bytes(segment.head))) throw new Error('head');
  }
  if (reached !== tokens.length) throw new Error('count');
  return link;
};

const isCommitSound = (receipt: Receipt): boolean => {
  const ends = receipt.choices.map((choice) =>
    Buffer.concat([
      headOf(receipt, choice),
      u32(choice.tokens.length),
      Buffer.from([finishes.indexOf(choice.finish)]),
    ]),
  );
  const evidence = receipt.choices.flatMap((choice) =>
    choice.evidence.flatMap(([top1, logit1, top2, logit2]) => [
      u32(top1),
      i32(logit1),
      u32(top2),
      i32(logit2),
    ]),
  );
  return receipt.choices.every(({ segments }) => {
    const { proof, nodeId } = segments.at(-1)!;
    if (proof.kind !== 'commit') return false;
    const precommit = hash(
      label(proof.logprobs === undefined ? 'ganglion/precommit/v1' : 'ganglion/precommit/v2'),
      u16(ends.length),
      ...ends,
      hash(...evidence),
      ...(proof.logprobs === undefined ? [] : [bytes(proof.logprobs)]),
      bytes(proof.salt),
    );
    return (
      precommit.equals(bytes(proof.precommit)) &&
      isSigned(keyOf(nodeId), Buffer.concat([label('ganglion/commit-sig/v1'), precommit]), proof.signature)
    );
  });
};
