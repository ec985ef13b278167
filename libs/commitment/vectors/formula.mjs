/**
 * The commitment's formulas once more, with node:crypto alone and nothing of this library, so that the published
 * vectors are not the library's own opinion of itself.
 */
import { createHash, createPrivateKey, createPublicKey, sign as signEd25519 } from 'node:crypto';

export const hash = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
export const hex = (text) => Buffer.from(text, 'hex');
export const u16 = (value) => number(2, (bytes) => bytes.writeUInt16BE(value));
export const u32 = (value) => number(4, (bytes) => bytes.writeUInt32BE(value));
export const i32 = (value) => number(4, (bytes) => bytes.writeInt32BE(value));
export const u8 = (value) => Buffer.from([value]);
export const tag = (name) => Buffer.from(`${name}\0`, 'utf8');

function number(length, write) {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return bytes;
}

export const FINISH = { stop: 0, length: 1, cancelled: 2, content_filter: 3, error: 4 };

/** RFC 8785 by the shortest way in JavaScript: sort every object, then let JSON.stringify write it. */
export function jcs(value) {
  const sorted = (item) => {
    if (Array.isArray(item)) return `[${item.map(sorted).join(',')}]`;
    if (item === null || typeof item !== 'object') return JSON.stringify(item);
    const pairs = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${pairs.map(([key, child]) => `${JSON.stringify(key)}:${sorted(child)}`).join(',')}}`;
  };
  return sorted(value);
}

export const digest = (value) => hash(Buffer.from(jcs(value), 'utf8'));

/** An Ed25519 key pair from its 32-byte seed, with its public form as a NATS user NKEY. */
export function keyPair(seedHex) {
  const der = Buffer.concat([hex('302e020100300506032b657004220420'), hex(seedHex)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    seed: seedHex,
    publicKey,
    nodeId: nkey(publicKey, 20 << 3),
    sign: (message) => signEd25519(null, message, privateKey).toString('hex'),
  };
}

export function nkey(key, prefix) {
  const body = Buffer.concat([u8(prefix), key]);
  let crc = 0;
  for (const byte of body) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  const bits = [...body, crc & 0xff, crc >> 8].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.replace(/.{5}/g, (five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]);
}

/** The bytes under a context's hash; `publicKey` is the node's. */
export function contextPreimage({ taskId, attempt, choice, modelDigest, requestDigest }, publicKey) {
  const id = hex(taskId.replaceAll('-', ''));
  const digests = [hex(modelDigest), hex(requestDigest)];
  return Buffer.concat([tag('ganglion/commit/v1'), id, u16(attempt), u16(choice), publicKey, ...digests]);
}

export const resumed = (context, count, link) => hash(context, u32(count), link);

export function nextLink(link, index, [id, text]) {
  const bytes = Buffer.from(text, 'utf8');
  return hash(link, u32(index), u32(id), u32(bytes.length), bytes);
}

/** link_0 and the link after each token; indices go on after `count`. */
export function links(start, tokens, count = 0) {
  const all = [start];
  tokens.forEach((token, position) => all.push(nextLink(all.at(-1), count + position + 1, token)));
  return all;
}

export const frameMessage = (link, finish) =>
  Buffer.concat([tag('ganglion/frame/v1'), link, u8(finish === null ? 255 : FINISH[finish])]);

export const commitMessage = (precommit) => Buffer.concat([tag('ganglion/commit-sig/v1'), precommit]);

export const evidenceBytes = (evidence) =>
  Buffer.concat(
    evidence.map(([id1, one, id2, two]) => Buffer.concat([u32(id1), i32(one), u32(id2), i32(two)])),
  );

/** The bytes under a precommit's hash; `choices` as `[{head: Buffer, count, finish}]`, `logprobs` as JSON or undefined. */
export function precommitPreimage(choices, evidence, salt, logprobs) {
  const rows = choices.map(({ head, count, finish }) =>
    Buffer.concat([head, u32(count), u8(FINISH[finish])]),
  );
  const name = logprobs === undefined ? 'ganglion/precommit/v1' : 'ganglion/precommit/v2';
  const start = [tag(name), u16(choices.length), ...rows];
  const digests = [hash(evidenceBytes(evidence)), ...(logprobs === undefined ? [] : [digest(logprobs)])];
  return Buffer.concat([...start, ...digests, salt]);
}
