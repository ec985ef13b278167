import type { Receipt } from '@ganglion/commitment';
import { MOST_SCORED } from '@ganglion/contracts';
import { type Claimed, claimedIn } from './audit-claim.js';
import { drawnOf, receiptOf } from './receipt.fixture.js';

const claimed = (receipt: Receipt, drawn = drawnOf(receipt)): Claimed => claimedIn(receipt, drawn);
const codes = (found: Claimed): string[] =>
  found.kind === 'false' ? found.reasons.map(({ code }) => code) : [];

describe('what a node claims', () => {
  it('are the tokens and the evidence that it committed', () => {
    const receipt = receiptOf('two choices share one commit');
    const found = claimed(receipt);
    expect(found).toMatchObject({ kind: 'claims', promptTokens: receipt.promptTokens });
    if (found.kind !== 'claims') return;
    expect(found.claims).toMatchObject([
      { choice: 0, skip: 0, finish: 'stop', tokens: receipt.choices[0]!.tokens.map(([id]) => id) },
      { choice: 1, skip: 0, finish: 'length' },
    ]);
    expect(found.claims.map(({ evidence }) => evidence.length)).toEqual([6, 3]);
  });

  it('are only its own tokens where it went on with what another had given', () => {
    const receipt = receiptOf('a second miner resumes after a signed frame and an unsigned token');
    const found = claimed(receipt);
    expect(found).toMatchObject({ kind: 'claims', claims: [{ skip: 3 }] });
    if (found.kind === 'claims') {
      expect(found.claims[0]!.tokens).toHaveLength(6);
      expect(found.claims[0]!.evidence).toHaveLength(3);
    }
    const half = claimed(receiptOf('a second miner resumes one of two choices'));
    expect(half).toMatchObject({ kind: 'claims', claims: [{ choice: 1, skip: 1 }] });
  });

  it('is cut to what one message can hold', () => {
    const receipt = receiptOf('two choices share one commit');
    const [first] = receipt.choices;
    first!.tokens = Array.from({ length: MOST_SCORED - 2 }, () => [7, '']);
    first!.evidence = first!.tokens.map(() => [1, 900, 2, 800]);
    first!.segments[0]!.to = first!.tokens.length;
    const found = claimed(receipt);
    expect(found.kind === 'claims' && found.claims.map(({ tokens }) => tokens.length)).toEqual([
      MOST_SCORED - 2,
      2,
    ]);
    expect(found.kind === 'claims' && found.claims[1]!.finish).toBeNull();
  });

  it.each([
    ['another attempt', { attempt: 9 }],
    ['another node', { nodeId: `U${'B'.repeat(55)}` }],
    ['another precommit', { precommit: 'ff'.repeat(32) }],
  ])('cannot be checked where the answer is that of %s', (_, change) => {
    const receipt = receiptOf('one miner commits');
    expect(claimed(receipt, { ...drawnOf(receipt), ...change })).toMatchObject({
      kind: 'unverifiable',
      reason: { code: 'not_the_answer' },
    });
  });

  it('cannot be checked of a miner that died before it committed, nor in a receipt that is none', () => {
    const receipt = receiptOf('a miner dies after its signed last frame');
    expect(claimed(receipt)).toMatchObject({ reason: { code: 'not_the_answer' } });
    expect(claimedIn({ hello: 1 }, drawnOf(receipt))).toMatchObject({ reason: { code: 'unreadable' } });
    const other = receiptOf('one miner commits');
    other.request = { text: 'of another version' };
    expect(claimed(other)).toMatchObject({ reason: { code: 'unreadable' } });
  });

  it('is false without tokens, unless it was cancelled before the first', () => {
    const receipt = receiptOf('an empty answer');
    expect(codes(claimed(receipt))).toEqual(['empty_answer']);
    receipt.choices[0]!.finish = 'cancelled';
    expect(claimed(receipt)).toMatchObject({ kind: 'unverifiable', reason: { code: 'nothing_said' } });
  });

  it('is false where evidence was withheld, or there is too much of it', () => {
    const receipt = receiptOf('one miner commits');
    receipt.choices[0]!.evidence.pop();
    expect(codes(claimed(receipt))).toEqual(['evidence_missing']);
    receipt.choices[0]!.evidence = [];
    expect(codes(claimed(receipt))).toEqual(['evidence_missing']);
    receipt.choices[0]!.evidence = Array.from({ length: 7 }, () => [1, 900, 2, 800]);
    expect(codes(claimed(receipt))).toEqual(['evidence_missing']);
  });

  it.each<[string, [number, number, number, number]]>([
    ['names one token twice', [5, 900, 5, 800]],
    ['has the second before the first', [5, 800, 6, 900]],
    ['breaks a tie the wrong way', [6, 900, 5, 900]],
    ['is nothing but zeros', [0, 0, 0, 0]],
  ])('is false where evidence %s', (_, evidence) => {
    const receipt = receiptOf('one miner commits');
    receipt.choices[0]!.evidence[2] = evidence;
    const found = claimed(receipt);
    expect(found).toMatchObject({ kind: 'false', reasons: [{ message: /^choice 0: token 3: / }] });
    expect(codes(found)).toEqual(['evidence_malformed']);
  });
});
