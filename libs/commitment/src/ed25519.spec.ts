import { createPrivateKey, sign, webcrypto } from 'node:crypto';
import * as crypto from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { nativeVerify, type Verify, verifyEd25519, verifyPortable } from './ed25519.js';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const text = new TextEncoder().encode('what was said');
const { Point } = ed25519;
/** The order of the base point. */
const L = Point.Fn.ORDER;
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
const bytesOf = (value: bigint): Uint8Array =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse());

const signer = (seed: Uint8Array) => {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  return { publicKey: ed25519.getPublicKey(seed), signature: new Uint8Array(sign(null, text, key)) };
};

describe.each<[string, Verify]>([
  ['the portable', verifyPortable],
  ['the native', nativeVerify(crypto as unknown as Parameters<typeof nativeVerify>[0])],
])('%s check of signatures', (_, verify) => {
  const seed = webcrypto.getRandomValues(new Uint8Array(32));
  const { publicKey, signature } = signer(seed);
  const changed = (bytes: Uint8Array, at: number): Uint8Array =>
    bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

  it('takes what the key signed, again and again', () => {
    expect([1, 2, 3].map(() => verify(publicKey, text, signature))).toEqual([true, true, true]);
  });

  it('refuses any other message, signature or key', () => {
    expect(verify(publicKey, changed(text, 3), signature)).toBe(false);
    for (let at = 0; at < 64; at += 7) expect(verify(publicKey, text, changed(signature, at))).toBe(false);
    expect(verify(signer(changed(seed, 0)).publicKey, text, signature)).toBe(false);
  });

  it('refuses a second spelling of a signature', () => {
    const s = numberOf(signature.subarray(32)) + L;
    const other = Uint8Array.from([...signature.subarray(0, 32), ...bytesOf(s)]);
    expect(verify(publicKey, text, other)).toBe(false);
  });

  it('refuses keys of small order, which sign everything', () => {
    // The neutral element, and y = -1 of order 2.
    for (const key of [bytesOf(1n), bytesOf(2n ** 255n - 20n)]) {
      const anything = Uint8Array.from([...bytesOf(1n), ...bytesOf(0n)]);
      expect(ed25519.verify(anything, text, key, { zip215: true })).toBe(true);
      expect(verify(key, text, anything)).toBe(false);
    }
  });

  it('refuses keys that are no points, or spelt otherwise than they should be', () => {
    const p = 2n ** 255n - 19n;
    for (const key of [bytesOf(2n), bytesOf(p + 1n), bytesOf(p + 3n)])
      expect(verify(key, text, signature)).toBe(false);
  });
});

describe('the check that is used', () => {
  it('takes nothing that the portable one refuses, also where a key has a part of small order', () => {
    const torsion = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa', true);
    const counts = { portable: 0, used: 0 };
    for (let n = 0; n < 64; n++) {
      const secret = numberOf(webcrypto.getRandomValues(new Uint8Array(32))) % L;
      const key = Point.BASE.multiply(secret).add(torsion).toBytes();
      const r = numberOf(webcrypto.getRandomValues(new Uint8Array(32))) % L;
      const R = Point.BASE.multiply(r).toBytes();
      const hash = crypto.createHash('sha512').update(R).update(key).update(text).digest();
      const s = (r + (numberOf(hash) % L) * secret) % L;
      const signature = Uint8Array.from([...R, ...bytesOf(s)]);
      const [portable, used] = [verifyPortable(key, text, signature), verifyEd25519(key, text, signature)];
      counts.portable += Number(portable);
      counts.used += Number(used);
      expect(used && !portable).toBe(false);
    }
    // The cofactor hides that part from the one, and not from the other but by chance (one in eight).
    expect(counts.portable).toBe(64);
    expect(counts.used).toBeLessThan(32);
  });

  it('keeps its answers when more keys come than it keeps', () => {
    const first = signer(new Uint8Array(32).fill(7));
    for (let n = 0; n < 1_100; n++) verifyEd25519(bytesOf(BigInt(n) + 2n ** 200n), text, first.signature);
    expect(verifyEd25519(first.publicKey, text, first.signature)).toBe(true);
  });
});
