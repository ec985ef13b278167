import { createHash, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { createUser, fromSeed } from '@nats-io/nkeys';
import { referenceDigest, roleMessage, type RoleStatement, signRole, verifyRole } from './index.js';

const statement: RoleStatement = {
  role: 'creator',
  roundId: '0198c0de-7a5c-7000-8000-000000000001',
  seed: '11'.repeat(32),
  requestDigest: '22'.repeat(32),
  reference: '33'.repeat(32),
};
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('the hash of a reference answer', () => {
  it('is that of the formula', () => {
    const texts = ['Paris.', '', 'grün'];
    const hash = createHash('sha256')
      .update('ganglion/reference/v1\0')
      .update(hex('22'.repeat(32)));
    hash.update(hex('0003'));
    for (const text of texts) {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      hash.update(length).update(bytes);
    }
    expect(referenceDigest('22'.repeat(32), texts)).toBe(hash.digest('hex'));
  });

  it('is another for another request, other texts, or the same letters cut elsewhere', () => {
    const digests = [
      referenceDigest('22'.repeat(32), ['ab', 'c']),
      referenceDigest('23'.repeat(32), ['ab', 'c']),
      referenceDigest('22'.repeat(32), ['a', 'bc']),
      referenceDigest('22'.repeat(32), ['abc']),
      referenceDigest('22'.repeat(32), ['ab', 'c', '']),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('wants a digest of 32 bytes', () => {
    expect(() => referenceDigest('22', [''])).toThrow(/requestDigest must be 64/);
  });
});

describe('the signature of a role', () => {
  const key = createUser();
  const nodeId = key.getPublicKey();
  const sign = (message: Uint8Array): Uint8Array => fromSeed(key.getSeed()).sign(message);

  it('covers every part of the statement', () => {
    const signature = signRole(sign, statement);
    expect(verifyRole(nodeId, statement, signature)).toBe(true);
    const changes: Partial<RoleStatement>[] = [
      { role: 'preparer' },
      { roundId: '0198c0de-7a5c-7000-8000-000000000002' },
      { seed: '12'.repeat(32) },
      { requestDigest: '12'.repeat(32) },
      { reference: '12'.repeat(32) },
    ];
    for (const change of changes)
      expect(verifyRole(nodeId, { ...statement, ...change }, signature)).toBe(false);
  });

  it('is of the bytes that the formula says', () => {
    const { role: _, roundId, seed, requestDigest, reference } = statement;
    const body = `00${roundId.replaceAll('-', '')}${seed}${requestDigest}${reference}`;
    const expected = Buffer.concat([Buffer.from('ganglion/round-role/v1\0'), hex(body)]);
    expect(Buffer.from(roleMessage(statement))).toEqual(expected);
  });

  it('is no one else’s, and never an exception for whoever hears nonsense', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const forged = signRole((message) => new Uint8Array(signWith(null, message, privateKey)), statement);
    expect(verifyRole(nodeId, statement, forged)).toBe(false);
    expect(verifyRole('nobody', statement, forged)).toBe(false);
    expect(verifyRole(nodeId, { ...statement, seed: 'x' }, forged)).toBe(false);
    expect(verifyRole(nodeId, statement, 'zz')).toBe(false);
  });
});
