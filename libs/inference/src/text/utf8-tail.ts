/**
 * How many bytes at the end are the beginning of a character that later bytes could complete: 0 … 3.
 * By Unicode's table 3-7 (well-formed UTF-8), so that exactly the bytes that a decoder would not yet replace by
 * U+FFFD are held back, and decoding piece by piece gives the same text as decoding all at once.
 */
export function openTailLength(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const at = bytes.length - length;
    const lead = bytes[at]!;
    if (lead >= 0x80 && lead < 0xc0) continue;
    if (length >= sequenceLength(lead)) return 0;
    return length === 1 || isSecondByte(lead, bytes[at + 1]!) ? length : 0;
  }
  return 0;
}

/** Bytes of the character that `lead` begins; 1 for what begins none. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 1;
}

function isSecondByte(lead: number, byte: number): boolean {
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}
