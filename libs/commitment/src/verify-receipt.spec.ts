import { readVectors, receiptVector, signer, type ReceiptVector } from './vectors.fixture.js';
import { signReceipt, type Receipt } from './receipt.js';
import { verifyReceipt } from './verify-receipt.js';

const vectors = readVectors<ReceiptVector[]>('receipts');
const NETWORK_SEED = readVectors<{ seed: string }>('network').seed;
const { publicKey } = vectors[0]!;

/** The problems of a vector that was changed and then signed again: what a network finds that may sign anything. */
function problemsAfter(name: string, change: (receipt: Receipt) => void) {
  const receipt = structuredClone(receiptVector(name).receipt);
  change(receipt);
  const result = verifyReceipt(signReceipt(receipt, signer(NETWORK_SEED)), { publicKey });
  return result.ok ? [] : result.problems.map(({ check, field }) => `${check} ${field}`);
}

const COMMITTED = 'one miner commits';
const TWO = 'two choices share one commit';
const RESUMED = 'a second miner resumes after a signed frame and an unsigned token';
const PARTLY = 'a second miner resumes one of two choices';
const DIED = 'a miner dies after its signed last frame';
const CANCELLED = 'a cancelled answer ends with a stream proof and an unsigned tail';

describe('verifyReceipt', () => {
  it.each(vectors)('accepts the vector and reads its text: $name', ({ receipt, text }) => {
    expect(verifyReceipt(receipt, { publicKey })).toMatchObject({ ok: true, text });
  });

  it('accepts a receipt whose keys come in another order', () => {
    const { receipt } = receiptVector(COMMITTED);
    const reversed = Object.fromEntries(Object.entries(receipt).toReversed());
    expect(verifyReceipt(reversed, { publicKey }).ok).toBe(true);
  });

  it('marks the tokens that only the network vouches for', () => {
    const vouched = vectors.map(({ name, receipt }) => {
      const result = verifyReceipt(receipt, { publicKey });
      return [name, result.ok && result.vouched.map(({ choice, from, to }) => [choice, from, to])];
    });
    expect(Object.fromEntries(vouched)).toEqual({
      [COMMITTED]: [],
      'an empty answer': [],
      'two choices with log-probabilities': [],
      [TWO]: [],
      [RESUMED]: [[0, 3, 3]],
      'a second miner resumes what no frame signed': [[0, 1, 1]],
      [PARTLY]: [],
      [DIED]: [],
      [CANCELLED]: [[0, 4, 4]],
    });
  });

  it('refuses the receipt of another network, whoever it claims to be of', () => {
    const { receipt } = receiptVector(COMMITTED);
    const other = '11'.repeat(32);
    const result = verifyReceipt(receipt, { publicKey: other });
    expect(result).toMatchObject({
      ok: false,
      problems: [
        { check: 'network', field: 'network.publicKey' },
        { check: 'network', field: 'signature' },
      ],
    });
    expect(verifyReceipt({ ...receipt, network: { publicKey: other } }, { publicKey }).ok).toBe(false);
    expect(verifyReceipt(receipt, { publicKey: 'no key' })).toMatchObject({
      problems: [{ field: 'publicKey' }],
    });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['text', 'receipt'],
    ['an empty object', {}],
    ['an array', []],
    ['a later version', { ...vectors[0]!.receipt, version: 2 }],
    ['no choice', { ...vectors[0]!.receipt, choices: [] }],
    ['a request that is not JSON', { ...vectors[0]!.receipt, request: { run: () => 1 } }],
    ['a request nested without end', { ...vectors[0]!.receipt, request: { a: JSON.parse('['.repeat(9e4) + ']'.repeat(9e4)) } }], // prettier-ignore
    ['a lone surrogate', { ...vectors[0]!.receipt, model: { ...vectors[0]!.receipt.model, id: '\ud800' } }],
  ])('answers %s with a problem of its shape', (_, receipt) => {
    const result = verifyReceipt(receipt, { publicKey });
    expect(result.ok).toBe(false);
    expect(!result.ok && result.problems.some(({ check }) => check === 'shape')).toBe(true);
  });

  it('gives at most twenty problems, however many tokens are broken', () => {
    const receipt = structuredClone(vectors[0]!.receipt) as unknown as { choices: { tokens: unknown }[] };
    receipt.choices[0]!.tokens = Array.from({ length: 500 }, () => [-1, 5]);
    const result = verifyReceipt(receipt, { publicKey });
    expect(!result.ok && result.problems).toHaveLength(20);
  });
});

describe('verifyReceipt, of a receipt that the network itself changed and signed again', () => {
  const LAST = 'choices.0.segments.0';

  it.each<[string, string, (receipt: Receipt) => void, string[]]>([
    ['another request', COMMITTED, (r) => (r.request['salt'] = 'x'), ['request requestDigest']],
    ['a wrong sum of tokens', COMMITTED, (r) => (r.completionTokens = 5), ['counts completionTokens']],
    [
      'choices out of order',
      TWO,
      (r) => (r.choices[0]!.index = 1),
      [
        'counts choices.0.index',
        `chain ${LAST}.startHead`,
        `chain ${LAST}.head`,
        `precommit ${LAST}.proof.precommit`,
      ],
    ],
    [
      'another text',
      COMMITTED,
      (r) => (r.choices[0]!.tokens[0]![1] = 'A'),
      [`chain ${LAST}.head`, `precommit ${LAST}.proof.precommit`],
    ],
    [
      'another finish',
      COMMITTED,
      (r) => (r.choices[0]!.finish = 'length'),
      [`precommit ${LAST}.proof.precommit`],
    ],
    [
      'withheld evidence',
      COMMITTED,
      (r) => r.choices[0]!.evidence.pop(),
      ['counts choices.0.evidence', `precommit ${LAST}.proof.precommit`],
    ],
    [
      'evidence without a commit',
      DIED,
      (r) => r.choices[0]!.evidence.push([1, 2, 3, 4]),
      ['counts choices.0.evidence'],
    ],
    [
      'tokens behind the last segment',
      DIED,
      (r) => {
        r.choices[0]!.tokens.push([1, 'x']);
        r.completionTokens++;
      },
      ['finish choices.0.segments.0.proof.signedTo', 'segments choices.0.segments'],
    ],
    [
      'an end that another miner must have known',
      CANCELLED,
      (r) => (r.choices[0]!.finish = 'stop'),
      ['finish choices.0.finish'],
    ],
    [
      'another end than the one signed',
      DIED,
      (r) => (r.choices[0]!.finish = 'length'),
      [`finish ${LAST}.proof.finish`],
    ],
    [
      'a signed place outside its segment',
      RESUMED,
      (r) => ((r.choices[0]!.segments[0]!.proof as { signedTo: number }).signedTo = 4),
      [`segments ${LAST}.proof.signedTo`],
    ],
    [
      'a commit that one choice lacks',
      PARTLY,
      (r) => r.choices[0]!.segments.pop(),
      ['segments choices.0.segments.0', 'precommit choices.1.segments.1.proof.precommit'],
    ],
    [
      'two nodes in one attempt',
      TWO,
      (r) =>
        (r.choices[1]!.segments[0]!.nodeId = receiptVector(RESUMED).receipt.choices[0]!.segments[1]!.nodeId),
      [
        'chain choices.1.segments.0.startHead',
        'chain choices.1.segments.0.head',
        'segments choices.1.segments.0.nodeId',
        'segments choices.1.segments.0',
        `precommit ${LAST}.proof.precommit`,
      ],
    ],
  ])('finds %s', (_, name, change, expected) => {
    expect(problemsAfter(name, change)).toEqual(expected);
  });
});
