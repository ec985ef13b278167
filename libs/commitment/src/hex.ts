import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

const LOWERCASE_HEX = /^[0-9a-f]*$/;

/** Whether `value` is exactly `bytes` bytes in lowercase hex. Uppercase is refused: one value, one spelling. */
export function isHex(value: string, bytes: number): boolean {
  return value.length === bytes * 2 && LOWERCASE_HEX.test(value);
}

/**
 * Bytes of a lowercase hex string of exactly `bytes` bytes.
 * @throws RangeError naming `field` when the length or a character is wrong.
 */
export function readHex(value: string, bytes: number, field: string): Uint8Array {
  if (typeof value !== 'string' || !isHex(value, bytes)) {
    throw new RangeError(`${field} must be ${bytes * 2} lowercase hex characters (${bytes} bytes)`);
  }
  return hexToBytes(value);
}

/** Lowercase hex of `bytes`. */
export function writeHex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}
