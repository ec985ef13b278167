import { logprobsDigest, verifyReceipt } from '@ganglion/commitment';
import type { TaskSubmitted } from '@ganglion/contracts';
import { answer, hash, request, submitted } from './an-answer.fixture.js';
import { NetworkKey } from './network-key.js';
import { makeReceipt } from './receipt.js';

describe('a receipt', () => {
  const key = new NetworkKey(hash('1'));
  const receiptOf = (task: TaskSubmitted) => {
    const { frames: _, ...final } = answer(task, 3);
    return makeReceipt(
      { submitted: task, attempt: 3, ...final, verdict: 'accepted', finalisedAt: new Date() },
      key,
    );
  };
  const receipt = receiptOf(submitted());

  it('verifies with the network’s key', () => {
    expect(verifyReceipt(receipt, { publicKey: key.publicKey })).toMatchObject({ ok: true, text: ['Tokyo'] });
  });

  it('does not verify with another key', () => {
    expect(verifyReceipt(receipt, { publicKey: new NetworkKey(hash('2')).publicKey })).toMatchObject({
      ok: false,
    });
  });

  it('holds the digest of log-probabilities, and verifies with it', () => {
    const task = submitted({ request: request({ logprobs: 1 }) });
    const logged = receiptOf(task);
    expect(verifyReceipt(logged, { publicKey: key.publicKey })).toMatchObject({ ok: true });
    const { proof } = logged.choices[0]!.segments[0]!;
    expect(proof).toMatchObject({ logprobs: logprobsDigest(answer(task, 3).data.choices) });
    expect(receipt.choices[0]!.segments[0]!.proof).not.toHaveProperty('logprobs');
  });

  it('survives JSON', () => {
    expect(verifyReceipt(JSON.parse(JSON.stringify(receipt)), { publicKey: key.publicKey })).toMatchObject({
      ok: true,
    });
  });
});
