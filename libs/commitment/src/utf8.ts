const encoder = new TextEncoder();

/** With the `u` flag a surrogate pair is one code point, so this class matches only surrogates without a partner. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * Whether `text` has UTF-8 of its own. A lone surrogate has none: an encoder replaces it by U+FFFD, and two different
 * texts would hash alike.
 */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** UTF-8 bytes of `text`. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Writes the UTF-8 of `text` at the start of `target`, which must hold 3 bytes per UTF-16 unit; returns the length. */
export function writeUtf8(text: string, target: Uint8Array): number {
  return encoder.encodeInto(text, target).written;
}

/** A domain separator: the ASCII `name` and a zero byte, so that no hash or signature can stand in for another kind. */
export function domain(name: string): Uint8Array {
  return encoder.encode(`${name}\0`);
}
