import { ed25519 } from '@noble/curves/ed25519.js';

/** What is used of Node's `crypto`. */
interface NativeCrypto<Key = object> {
  createPublicKey(of: { key: Uint8Array; format: 'der'; type: 'spki' }): Key;
  verify(algorithm: null, message: Uint8Array, key: Key, signature: Uint8Array): boolean;
}
type Host = { process?: { getBuiltinModule?: (name: string) => NativeCrypto | undefined } };

/** Answers whether a key (32 bytes) signed a message with a signature (64 bytes). */
export type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/**
 * RFC 8032 in JavaScript, for wherever there is nothing else. Strict encodings, no small-order keys: under ZIP 215 a
 * crafted key could have signed any message.
 */
export const verifyPortable: Verify = (publicKey, message, signature) =>
  ed25519.verify(signature, message, publicKey, { zip215: false });

/** Keys that are kept parsed: more than speak in one minute. */
const KEPT_KEYS = 1_000;
/** What makes a raw key a DER `SubjectPublicKeyInfo` (RFC 8410). */
const SPKI = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);

/** May this be somebody's key? Canonical, on the curve, and not of small order. */
const isSoundKey = (publicKey: Uint8Array): boolean => {
  try {
    return !ed25519.Point.fromBytes(publicKey, false).isSmallOrder();
  } catch {
    return false;
  }
};

/**
 * The same with the crypto library of Node, about twelve times as fast. It takes no signature that the portable one
 * refuses: keys are checked by the portable one's rules first, and of the two forms of the equation that RFC 8032
 * allows OpenSSL checks the stricter one, without the cofactor. They differ for keys that nobody but a forger has.
 */
export const nativeVerify = ({ createPublicKey, verify }: NativeCrypto): Verify => {
  const keys = new Map<string, object | null>();
  const parse = (publicKey: Uint8Array): object | null => {
    if (!isSoundKey(publicKey)) return null;
    const key = new Uint8Array(SPKI.length + 32);
    key.set(SPKI);
    key.set(publicKey, SPKI.length);
    return createPublicKey({ key, format: 'der', type: 'spki' });
  };
  return (publicKey, message, signature) => {
    const name = publicKey.join();
    let key = keys.get(name);
    if (key === undefined) {
      key = parse(publicKey);
      if (keys.size >= KEPT_KEYS) keys.delete(keys.keys().next().value!);
      keys.set(name, key);
    }
    return key !== null && verify(null, message, key, signature);
  };
};

const native = (globalThis as Host).process?.getBuiltinModule?.('node:crypto');

/** The faster of the two that this place has. */
export const verifyEd25519: Verify = native ? nativeVerify(native) : verifyPortable;
