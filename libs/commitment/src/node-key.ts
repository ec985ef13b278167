const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const NODE_ID = /^U[A-Z2-7]{55}$/;
const USER_PREFIX = 20 << 3;

/**
 * The Ed25519 public key (32 bytes) inside a node's id. A node id is a public NKEY of kind user (`U…`, 56 characters):
 * base32 (RFC 4648, no padding) of prefix byte 20<<3, key[32], CRC-16/XMODEM little-endian over the 33 bytes before it
 * (nats-io/nkeys). 35 bytes fill the characters exactly, so a key has one spelling.
 * @throws RangeError when it is not such an id or its checksum is wrong.
 */
export function nodeKey(nodeId: string): Uint8Array {
  if (typeof nodeId !== 'string' || !NODE_ID.test(nodeId)) {
    throw new RangeError('nodeId must be a public NKEY of a user: U and 55 characters of A-Z and 2-7');
  }
  const raw = base32(nodeId);
  const body = raw.subarray(0, 33);
  if (raw[0] !== USER_PREFIX || crc16(body) !== (raw[33]! | (raw[34]! << 8))) {
    throw new RangeError('nodeId has a wrong checksum; copy the whole key again');
  }
  return body.slice(1);
}

function base32(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length * 5) >> 3);
  let pending = 0;
  let bits = 0;
  let length = 0;
  for (const character of text) {
    pending = ((pending << 5) | ALPHABET.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (pending >> bits) & 0xff;
    }
  }
  return bytes;
}

/** CRC-16/XMODEM: polynomial 0x1021, start 0, no reflection. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
