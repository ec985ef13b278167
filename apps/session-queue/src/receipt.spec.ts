import { verifyReceipt } from '@ganglion/commitment';
import { answer, hash, submitted } from './an-answer.fixture.js';
import { NetworkKey } from './network-key.js';
import { makeReceipt } from './receipt.js';

describe('a receipt', () => {
  const key = new NetworkKey(hash('1'));
  const task = submitted();
  const { nodeId, requestDigest, precommit, signature, data } = answer(task, 3);
  const receipt = makeReceipt(
    {
      submitted: task,
      requestDigest,
      attempt: 3,
      nodeId,
      precommit,
      signature,
      data,
      verdict: 'accepted',
      finalisedAt: new Date(),
    },
    key,
  );

  it('verifies with the network’s key', () => {
    expect(verifyReceipt(receipt, { publicKey: key.publicKey })).toMatchObject({ ok: true, text: ['Tokyo'] });
  });

  it('does not verify with another key', () => {
    expect(verifyReceipt(receipt, { publicKey: new NetworkKey(hash('2')).publicKey })).toMatchObject({
      ok: false,
    });
  });

  it('survives JSON', () => {
    expect(verifyReceipt(JSON.parse(JSON.stringify(receipt)), { publicKey: key.publicKey })).toMatchObject({
      ok: true,
    });
  });
});
