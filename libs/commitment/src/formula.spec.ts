import { randomBytes } from 'node:crypto';
import { createUser } from '@nats-io/nkeys';
import { ed25519 } from '@noble/curves/ed25519.js';
import { isSoundByFormula } from './formula.fixture.js';
import {
  Chain,
  digestJson,
  finishCode,
  precommitDigest,
  roundLogit,
  signCommit,
  signReceipt,
  verifyReceipt,
  type Receipt,
  type Token,
} from './index.js';
import { mutations } from './mutations.fixture.js';
import { readVectors, type ReceiptVector } from './vectors.fixture.js';

const networkSeed = new Uint8Array(randomBytes(32));
const publicKey = Buffer.from(ed25519.getPublicKey(networkSeed)).toString('hex');

/** An answer made with nothing but the library's public functions and fresh keys, as a miner and a network make it. */
function answer(): Receipt {
  const miner = createUser();
  const request = {
    model: 'm',
    prompt: { text: 'Größe? 😀' },
    sampling: { seed: 2 ** 53 - 1, temperature: 0.7 },
  };
  const taskId = '0198c0de-0000-7000-8000-00000000abcd';
  const model = { id: 'm', digest: randomBytes(32).toString('hex') };
  const context = {
    taskId,
    attempt: 3,
    nodeId: miner.getPublicKey(),
    modelDigest: model.digest,
    requestDigest: digestJson(request),
  };
  const answers: Token[][] = [[[7, 'ein'], [8, ''], [9, ' Füßchen\n']], []]; // prettier-ignore
  const salt = randomBytes(32).toString('hex');
  const chains = answers.map((tokens, choice) => {
    const chain = new Chain({ ...context, choice });
    return {
      startHead: chain.head,
      head: chain.appendAll(tokens),
      count: chain.count,
      finish: finishCode.stop,
    };
  });
  const evidence = answers.map((tokens) =>
    tokens.map(([id]) => ({
      top1Id: id,
      top1: roundLogit(id + 0.123),
      top2Id: 1,
      top2: roundLogit(-id / 3),
    })),
  );
  const precommit = precommitDigest(chains, evidence.flat(), salt);
  const signature = signCommit((message) => miner.sign(message), precommit);
  const unsigned = {
    version: 1 as const,
    taskId,
    network: { publicKey },
    request,
    requestDigest: context.requestDigest,
    model,
    promptTokens: 5,
    completionTokens: 3,
    finalisedAt: new Date(0).toISOString(),
    verdict: 'undecided' as const,
    choices: answers.map((tokens, index) => ({
      index,
      finish: 'stop' as const,
      tokens: tokens.map(([id, text]): [number, string] => [id, text]),
      evidence: evidence[index]!.map((e): [number, number, number, number] => [
        e.top1Id,
        e.top1,
        e.top2Id,
        e.top2,
      ]),
      segments: [
        {
          attempt: context.attempt,
          nodeId: context.nodeId,
          from: 1,
          to: tokens.length,
          startHead: chains[index]!.startHead,
          head: chains[index]!.head,
          proof: { kind: 'commit' as const, precommit, salt, signature },
        },
      ],
    })),
  };
  return signReceipt(unsigned, (message) => ed25519.sign(message, networkSeed));
}

describe('the library and the formula', () => {
  it.each(readVectors<ReceiptVector[]>('receipts'))('both accept the vector: $name', (vector) => {
    expect(isSoundByFormula(vector.receipt, vector.publicKey)).toBe(true);
    expect(verifyReceipt(vector.receipt, { publicKey: vector.publicKey }).ok).toBe(true);
  });

  it('both accept an answer made with fresh keys', () => {
    const receipt = answer();
    expect(verifyReceipt(receipt, { publicKey })).toEqual({
      ok: true,
      text: ['ein Füßchen\n', ''],
      verdict: 'undecided',
      vouched: [],
    });
    expect(isSoundByFormula(receipt, publicKey)).toBe(true);
    expect(isSoundByFormula(JSON.parse(JSON.stringify(receipt)) as Receipt, publicKey)).toBe(true);
  });

  it('both refuse that answer when an id, text, evidence, salt, head, digest or signature changes', () => {
    const receipt = answer();
    const kinds = new Set<string>();
    for (const { field, document } of mutations(receipt, 'some')) {
      const kind =
        /(tokens|evidence|salt|head|startHead|precommit|requestDigest|signature|request)(\.|$)/.exec(
          field,
        )?.[1];
      if (kind === undefined) continue;
      kinds.add(kind);
      const results = [isAcceptedByFormula(document), verifyReceipt(document, { publicKey }).ok];
      expect([field, ...results]).toEqual([field, false, false]);
    }
    expect(kinds.size).toBe(9);
  }, 120_000);
});

/** The formula's verifier trusts the shape, so a document that it stumbles over counts as refused. */
function isAcceptedByFormula(document: unknown): boolean {
  try {
    return isSoundByFormula(document as Receipt, publicKey);
  } catch {
    return false;
  }
}
