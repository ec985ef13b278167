import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { type Receipt, signReceipt, verifyReceipt } from '@ganglion/commitment';
import type { Ganglion } from '@ganglion/sdk';
import { NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, newKey, question, STORY } from './client.fixture.js';
import { holdsByFormula } from './receipt-by-formula.fixture.js';

/** Another hex digit in the middle. */
const flipped = (hex: string): string => {
  const at = hex.length >> 1;
  return `${hex.slice(0, at)}${hex[at] === '0' ? '1' : '0'}${hex.slice(at + 1)}`;
};

type Changed = Pick<Receipt, keyof Receipt>;
const proofOf = ({ choices }: Changed) => {
  const { proof } = choices[0]!.segments[0]!;
  if (proof.kind !== 'commit') throw new Error('the miner lived, so it has committed');
  return proof;
};

/** One change to each thing that a receipt vouches for. */
const forgeries: readonly [string, (receipt: Changed) => void][] = [
  ['another task id', (receipt) => (receipt.taskId = randomUUID())],
  ['another token id', ({ choices }) => (choices[0]!.tokens[1]![0] += 1)],
  ['another text of a token', ({ choices }) => (choices[0]!.tokens[1]![1] += '.')],
  [
    'text moved between two tokens',
    ({ choices: [choice] }) => {
      const [first, second] = choice!.tokens as [[number, string], [number, string]];
      second[1] = first[1].at(-1)! + second[1];
      first[1] = first[1].slice(0, -1);
    },
  ],
  ['another id in the evidence', ({ choices }) => (choices[0]!.evidence[0]![2] += 1)],
  ['another logit in the evidence', ({ choices }) => (choices[0]!.evidence[0]![1] -= 1)],
  ['another salt', (receipt) => (proofOf(receipt).salt = flipped(proofOf(receipt).salt))],
  ['another precommit', (receipt) => (proofOf(receipt).precommit = flipped(proofOf(receipt).precommit))],
  [
    'another signature of the miner',
    (receipt) => (proofOf(receipt).signature = flipped(proofOf(receipt).signature)),
  ],
  ['another finish', ({ choices }) => (choices[0]!.finish = 'content_filter')],
  [
    'another head of the chain',
    ({ choices: [choice] }) => (choice!.segments[0]!.head = flipped(choice!.segments[0]!.head)),
  ],
  ['another attempt', ({ choices }) => (choices[0]!.segments[0]!.attempt += 1)],
  ['a token left out', ({ choices }) => choices[0]!.tokens.pop()],
  [
    'another question',
    ({ request }) => (request['prompt'] = { messages: [{ role: 'user', content: 'Why?' }] }),
  ],
  ['another digest of the model', ({ model }) => (model.digest = flipped(model.digest))],
];

describe('a receipt', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  let receipt: Receipt;
  let networkKey: string;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    client = clientOf(network);
    networkKey = await client.networkKey();
    const { taskId } = await client.chat(question(JAPAN));
    receipt = await client.tasks.receipt(taskId);
  });

  const isFound = (changed: Receipt, key = networkKey) => ({
    byLibrary: !verifyReceipt(changed, { publicKey: key }).ok,
    byFormula: !holdsByFormula(changed, key),
  });
  const change = (edit: (receipt: Changed) => void): Receipt => {
    const copy = structuredClone(receipt);
    edit(copy);
    return copy;
  };

  it('holds, by the library and by the published formula', () => {
    expect(verifyReceipt(receipt, { publicKey: networkKey })).toMatchObject({
      ok: true,
      text: [expect.stringContaining('Tokyo')],
    });
    expect(holdsByFormula(receipt, networkKey)).toBe(true);
  });

  it('holds for a sampled answer of several choices', async () => {
    const { taskId } = await client.chat(
      question(STORY, { n: 3, temperature: 1.2, top_p: 0.9, max_tokens: 20 }),
    );
    const sampled = await client.tasks.receipt(taskId);
    expect(sampled.choices).toHaveLength(3);
    expect(isFound(sampled)).toEqual({ byLibrary: false, byFormula: false });
  });

  it.each(forgeries)('fails with %s', (_what, edit) => {
    const forged = change(edit);
    expect(forged).not.toEqual(receipt);
    expect(isFound(forged)).toEqual({ byLibrary: true, byFormula: true });
  });

  it('fails when its own signature or any signed fact is changed', () => {
    const edits: ((receipt: Changed) => void)[] = [
      (changed) => (changed.signature = flipped(changed.signature)),
      (changed) => (changed.promptTokens += 1),
      (changed) => (changed.finalisedAt = new Date(0).toISOString()),
      (changed) => (changed.model.id = 'another'),
    ];
    for (const edit of edits) expect(isFound(change(edit))).toEqual({ byLibrary: true, byFormula: true });
  });

  describe('signed again by somebody who holds a network key', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const forger = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
    const signedAgain = (edit: (receipt: Changed) => void): Receipt => {
      const { signature: _, ...changed } = change(edit);
      const network = { publicKey: forger };
      return signReceipt({ ...changed, network }, (message) => sign(null, message, privateKey));
    };

    it('does not hold under the key of this network', () => {
      expect(isFound(signedAgain(() => undefined))).toEqual({ byLibrary: true, byFormula: true });
    });

    it('holds under the signer’s key while nothing else is changed', () => {
      expect(
        isFound(
          signedAgain(() => undefined),
          forger,
        ),
      ).toEqual({ byLibrary: false, byFormula: false });
    });

    it.each(forgeries)('still fails with %s, since the miner has signed that too', (_what, edit) => {
      expect(isFound(signedAgain(edit), forger)).toEqual({ byLibrary: true, byFormula: true });
    });
  });

  it('is shown to its owner and to admins, and to nobody else', async () => {
    const stranger = clientOf(network, (await newKey(network, 'stranger')).apiKey);
    await expect(stranger.tasks.receipt(receipt.taskId)).rejects.toMatchObject({ status: 404 });
  });
});
