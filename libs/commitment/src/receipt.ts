import { z } from 'zod';
import { canonicalJson } from './canonical-json.js';
import { isTaskId } from './context.js';
import { finishNames } from './finish.js';
import { isHex } from './hex.js';
import { MAX_I32, MAX_U16, MAX_U32, MIN_I32 } from './integer.js';
import { signMessage, type Sign } from './signature.js';
import { isWellFormed, utf8 } from './utf8.js';

const hash = hex(32, 'a SHA-256');
const publicKey = hex(32, 'an Ed25519 public key');
const signature = hex(64, 'an Ed25519 signature');
const u32 = z.int().min(0).max(MAX_U32);
const i32 = z.int().min(MIN_I32).max(MAX_I32);
const finish = z.enum(finishNames);

const token = z.tuple([
  u32,
  z.string().refine(isWellFormed, 'must not hold a lone surrogate, which UTF-8 cannot carry'),
]);

/** The miner revealed and signed the whole attempt: `precommit` runs over all choices, so all carry the same proof. */
const commitProof = z.strictObject({
  kind: z.literal('commit'),
  precommit: hash,
  salt: hex(32, 'a salt'),
  /** The digest of the log-probabilities that the precommit covers, where they were asked for. */
  logprobs: hash.optional(),
  signature,
});

/**
 * The last signed frame of a miner that did not live to commit: it signed `link`, the link after token `signedTo`, and
 * `finish` if the frame ended the choice. Tokens after `signedTo` are vouched for by the network alone.
 */
const streamProof = z.strictObject({
  kind: z.literal('stream'),
  link: hash,
  finish: finish.nullable(),
  signedTo: u32,
  signature,
});

/** No signed frame was heard before the miner died: the network alone vouches for the segment. */
const vouchedProof = z.strictObject({ kind: z.literal('vouched') });

const segment = z.strictObject({
  attempt: z.int().min(0).max(MAX_U16),
  nodeId: z.string(),
  from: z.int().min(1).max(MAX_U32),
  to: u32,
  startHead: hash,
  head: hash,
  proof: z.discriminatedUnion('kind', [commitProof, streamProof, vouchedProof]),
});

const choice = z.strictObject({
  index: z.int().min(0).max(MAX_U16),
  finish,
  tokens: z.array(token),
  evidence: z.array(z.tuple([u32, i32, u32, i32])),
  segments: z.array(segment).min(1),
});

/**
 * A receipt, version 1: everything needed to recompute and check an answer offline. Hashes, salts, keys and signatures
 * are lowercase hex. Unknown keys are refused: they would be signed but never checked. `docs/commitment.md` explains
 * each field.
 */
export const receiptSchema = z.strictObject({
  version: z.literal(1),
  taskId: z.string().refine(isTaskId, 'must be a UUID in lowercase'),
  network: z.strictObject({ publicKey }),
  request: z.record(z.string(), z.unknown()),
  requestDigest: hash,
  model: z.strictObject({ id: z.string().min(1), digest: hash }),
  promptTokens: z.int().min(0),
  completionTokens: z.int().min(0),
  finalisedAt: z.iso.datetime(),
  verdict: z.enum(['accepted', 'undecided']),
  choices: z.array(choice).min(1).max(MAX_U16),
  signature,
});

export type Receipt = z.infer<typeof receiptSchema>;
export type UnsignedReceipt = Omit<Receipt, 'signature'>;
export type ReceiptChoice = Receipt['choices'][number];
export type ReceiptSegment = ReceiptChoice['segments'][number];
export type ReceiptProof = ReceiptSegment['proof'];
export type CommitProof = Extract<ReceiptProof, { kind: 'commit' }>;
export type StreamProof = Extract<ReceiptProof, { kind: 'stream' }>;

/** What the network signs: the UTF-8 of the RFC 8785 JSON of the receipt without its `signature`. */
export function receiptMessage(receipt: UnsignedReceipt): Uint8Array {
  const unsigned: Record<string, unknown> = { ...receipt };
  delete unsigned['signature'];
  return utf8(canonicalJson(unsigned));
}

/**
 * Signs a receipt with the network's key. It checks the shape but not the proofs: run `verifyReceipt` on the result
 * wherever a wrong receipt must not get out.
 * @throws ZodError when the shape is wrong, TypeError when the request is not JSON, and as the signer does.
 */
export function signReceipt(receipt: UnsignedReceipt, sign: Sign): Receipt {
  const signed = { ...receipt, signature: signMessage(sign, receiptMessage(receipt)) };
  receiptSchema.parse(signed);
  return signed;
}

function hex(bytes: number, what: string) {
  return z
    .string()
    .refine((value) => isHex(value, bytes), `must be ${what}: ${bytes * 2} lowercase hex characters`);
}
