import { nodeKey, signCommit, verifyCommit } from '@ganglion/commitment';
import { createAccount, fromSeed } from '@nats-io/nkeys';
import { createSeed, readIdentity } from './identity.js';

describe('a node identity', () => {
  it('signs what the network verifies by the node id alone', () => {
    const { nodeId, sign } = readIdentity(createSeed());
    const precommit = '12'.repeat(32);
    const signature = signCommit(sign, precommit);
    expect(verifyCommit(nodeId, precommit, signature)).toBe(true);
    expect(verifyCommit(readIdentity(createSeed()).nodeId, precommit, signature)).toBe(false);
    expect(nodeKey(nodeId)).toHaveLength(32);
  });

  it('signs the same bytes as the broker client does with the seed', () => {
    for (let round = 0; round < 8; round++) {
      const seed = createSeed();
      const message = new Uint8Array([round, 1, 2, 3]);
      expect(readIdentity(seed).sign(message)).toEqual(new Uint8Array(fromSeed(seed).sign(message)));
    }
  });

  it('refuses a damaged seed and one that is not a user, saying what to do', () => {
    const damaged = createSeed();
    damaged[20] = damaged[20] === 65 ? 66 : 65;
    expect(() => readIdentity(damaged)).toThrow(/restore the key file/);
    expect(() => readIdentity(new TextEncoder().encode('not a seed'))).toThrow(/restore the key file/);
    expect(() => readIdentity(createAccount().getSeed())).toThrow(/user seed/);
  });
});
