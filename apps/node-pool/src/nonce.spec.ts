import { randomBytes } from 'node:crypto';
import { Fault } from '@ganglion/contracts';
import { createUser } from '@nats-io/nkeys';
import { checkJoinProof, joinMessage } from './join-proof.js';
import { checkNonce, makeNonce } from './nonce.js';

const codeOf = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  return 'NONE';
};

describe('a nonce', () => {
  const secret = randomBytes(32);
  const { nonce, expiresAt } = makeNonce(secret, 1_000_000);

  it('is good for a minute, wherever the secret is known', () => {
    expect(nonce).toMatch(/^[0-9a-f]{64}$/);
    expect(expiresAt).toEqual(new Date(1_060_000));
    expect(codeOf(() => checkNonce(Buffer.from(secret), nonce, 1_060_000))).toBe('NONE');
    expect(codeOf(() => checkNonce(secret, nonce, 1_060_001))).toBe('STALE');
  });

  it('is never the same twice', () => {
    expect(makeNonce(secret, 1_000_000).nonce).not.toBe(nonce);
  });

  it('is refused when any of its bytes is changed, or another network made it', () => {
    for (let index = 0; index < 32; index++) {
      const forged = Buffer.from(nonce, 'hex');
      forged[index]! ^= 1;
      expect([index, codeOf(() => checkNonce(secret, forged.toString('hex'), 1_000_000))]).toEqual([
        index,
        'UNAUTHENTICATED',
      ]);
    }
    expect(codeOf(() => checkNonce(randomBytes(32), nonce, 1_000_000))).toBe('UNAUTHENTICATED');
  });
});

describe('the proof of a key', () => {
  const key = createUser();
  const nodeId = key.getPublicKey();
  const nonce = 'ab'.repeat(32);
  const sign = (message: Uint8Array): string => Buffer.from(key.sign(message)).toString('hex');

  it('is its signature of the nonce', () => {
    expect(codeOf(() => checkJoinProof({ nodeId, nonce, signature: sign(joinMessage(nonce)) }))).toBe('NONE');
  });

  it('is not a signature of something else, nor of somebody else', () => {
    const other = sign(joinMessage('cd'.repeat(32)));
    const bare = sign(new TextEncoder().encode(nonce));
    const stranger = createUser().getPublicKey();
    const signature = sign(joinMessage(nonce));
    expect(codeOf(() => checkJoinProof({ nodeId, nonce, signature: other }))).toBe('UNAUTHENTICATED');
    expect(codeOf(() => checkJoinProof({ nodeId, nonce, signature: bare }))).toBe('UNAUTHENTICATED');
    expect(codeOf(() => checkJoinProof({ nodeId: stranger, nonce, signature }))).toBe('UNAUTHENTICATED');
    expect(codeOf(() => checkJoinProof({ nodeId, nonce, signature: '00'.repeat(64) }))).toBe(
      'UNAUTHENTICATED',
    );
  });

  it('needs a node id with a sound checksum', () => {
    const mistyped = `${nodeId.slice(0, -1)}${nodeId.endsWith('A') ? 'B' : 'A'}`;
    const signature = sign(joinMessage(nonce));
    expect(codeOf(() => checkJoinProof({ nodeId: mistyped, nonce, signature }))).toBe('INVALID');
  });
});
