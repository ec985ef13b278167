import { Chain } from './chain.js';
import { finishCode } from './finish.js';
import { mutations } from './mutations.fixture.js';
import { precommitDigest } from './precommit.js';
import { signReceipt, type Receipt } from './receipt.js';
import { readVectors, receiptVector, signer, type ReceiptVector } from './vectors.fixture.js';
import { verifyReceipt } from './verify-receipt.js';

const PATIENCE = 240_000;
const vectors = readVectors<ReceiptVector[]>('receipts');
const { seed, publicKey } = readVectors<{ seed: string; publicKey: string }>('network');
const isAccepted = (receipt: unknown) => verifyReceipt(receipt, { publicKey }).ok;

/** Fields (without their indices) where some change went unnoticed, and how many changes were tried. */
function unnoticed(
  changed: Iterable<{ field: string; document: unknown }>,
  accepts: (value: unknown) => boolean,
) {
  const fields = new Set<string>();
  let tried = 0;
  for (const { field, document } of changed) {
    tried++;
    if (accepts(document)) fields.add(field.replace(/\.\d+/g, '[]'));
  }
  return { tried, fields: [...fields].sort() };
}

function signAgain(document: unknown): unknown {
  try {
    return signReceipt(document as Receipt, signer(seed));
  } catch {
    // A shape that cannot even be signed: the verifier sees it as it is.
    return document;
  }
}

describe('a changed receipt', () => {
  it(
    'is refused whichever single byte was changed',
    () => {
      // The vector that has both kinds of proof and a tail that only the network vouches for.
      const name = 'a second miner resumes after a signed frame and an unsigned token';
      const { tried, fields } = unnoticed(mutations(receiptVector(name).receipt, 'every'), isAccepted);
      expect(fields).toEqual([]);
      expect(tried).toBeGreaterThan(1_000);
    },
    PATIENCE,
  );

  it.each(vectors)(
    'is refused whichever field was changed: $name',
    ({ receipt }) => {
      expect(unnoticed(mutations(receipt, 'some'), isAccepted).fields).toEqual([]);
    },
    PATIENCE,
  );

  it(
    'is refused by the miners’ proofs even when the network signs it again, but for what only the network knows',
    () => {
      const { receipt } = receiptVector('one miner commits');
      const other = { field: 'verdict', document: { ...receipt, verdict: 'undecided' } };
      const changed = [...mutations(receipt, 'some'), other].filter(({ field }) => field !== 'signature');
      const { fields } = unnoticed(changed, (document) => isAccepted(signAgain(document)));
      expect(fields).toEqual(['finalisedAt', 'model.id', 'promptTokens', 'verdict']);
    },
    PATIENCE,
  );

  it('is refused when the network rewrites a text and recomputes all but the miner’s signature', () => {
    const receipt = structuredClone(receiptVector('one miner commits').receipt);
    const [choice] = receipt.choices;
    const [segment] = choice!.segments;
    choice!.tokens[3]![1] = ' Kyoto';
    const context = { ...receipt, ...segment!, choice: 0, modelDigest: receipt.model.digest };
    segment!.head = new Chain(context).appendAll(choice!.tokens);
    const evidence = choice!.evidence.map(([top1Id, top1, top2Id, top2]) => ({ top1Id, top1, top2Id, top2 }));
    const end = { head: segment!.head, count: choice!.tokens.length, finish: finishCode[choice!.finish] };
    if (segment!.proof.kind !== 'commit') throw new Error('the vector must end with a commit');
    segment!.proof.precommit = precommitDigest([end], evidence, segment!.proof.salt);
    const result = verifyReceipt(signReceipt(receipt, signer(seed)), { publicKey });
    expect(result).toMatchObject({ ok: false, problems: [{ check: 'signature' }] });
    expect(!result.ok && result.problems).toHaveLength(1);
  });
});
