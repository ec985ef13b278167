import { nodeKey } from './node-key.js';
import { readVectors } from './vectors.fixture.js';

interface Vectors {
  valid: { nodeId: string; publicKey: string }[];
  invalid: { nodeId: string; why: string }[];
}
const { valid, invalid } = readVectors<Vectors>('node-keys');

describe('nodeKey', () => {
  it.each(valid)('decodes $nodeId', ({ nodeId, publicKey }) => {
    expect(Buffer.from(nodeKey(nodeId)).toString('hex')).toBe(publicKey);
  });

  it.each(invalid)('refuses an id that is $why', ({ nodeId }) => {
    expect(() => nodeKey(nodeId)).toThrow(RangeError);
    expect(() => nodeKey(nodeId)).toThrow(/^nodeId /);
  });

  it('refuses an id with any one character changed', () => {
    const { nodeId } = valid[0]!;
    const others = [...nodeId].map(
      (character, index) =>
        nodeId.slice(0, index) + (character === 'A' ? 'B' : 'A') + nodeId.slice(index + 1),
    );
    for (const other of others) expect(() => nodeKey(other)).toThrow(RangeError);
  });

  it('reads the keys that the NATS library makes', async () => {
    const { createUser } = await import('@nats-io/nkeys');
    const user = createUser();
    const message = new TextEncoder().encode('signed by a NATS key');
    const { verify, createPublicKey } = await import('node:crypto');
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), nodeKey(user.getPublicKey())]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    expect(verify(null, message, key, user.sign(message))).toBe(true);
  });
});
