import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { isTaskId } from './context.js';
import { readHex, writeHex } from './hex.js';
import { MAX_U16, requireInteger } from './integer.js';
import { domain } from './utf8.js';

/** A precommit that was heard: what the draw is made of. */
export interface HeardPrecommit {
  /** A UUID in its lowercase form. */
  taskId: string;
  /** Number of the attempt within the task (u16). */
  attempt: number;
  /** Lowercase hex. */
  precommit: string;
}

/** Rates are integers of this many to the whole. */
export const RATE_UNITS = 1_000_000;
/** Scores are integers of this many to the whole. */
const SCORE_UNITS = 1_000;
/** A node of score 0 is audited this many times as often as one of score 1. */
const AT_SCORE_0 = 4;

const SEED_TAG = domain('ganglion/audit-seed/v1');
const DRAW_TAG = domain('ganglion/audit-draw/v1');

/**
 * What is published before an epoch begins: `H("ganglion/audit-seed/v1" 0x00 seed[32])`, hex.
 * @throws RangeError when the seed is not 64 lowercase hex characters.
 */
export function epochSeedHash(seed: string): string {
  const bytes = new Uint8Array(SEED_TAG.length + 32);
  bytes.set(SEED_TAG);
  bytes.set(readHex(seed, 32, 'seed'), SEED_TAG.length);
  return writeHex(sha256(bytes));
}

/**
 * The number that decides over one precommit, from 0 to 2^64 - 1: the first eight bytes of
 * `HMAC-SHA-256(key = seed[32], "ganglion/audit-draw/v1" 0x00 taskId[16] attempt[u16] precommit[32])`.
 * @throws RangeError naming the field that is malformed.
 */
export function auditDraw(seed: string, { taskId, attempt, precommit }: HeardPrecommit): bigint {
  if (!isTaskId(taskId)) throw new RangeError('taskId must be a UUID in lowercase');
  requireInteger(attempt, 'attempt', 0, MAX_U16);
  const bytes = new Uint8Array(DRAW_TAG.length + 50);
  bytes.set(DRAW_TAG);
  const body = bytes.subarray(DRAW_TAG.length);
  body.set(hexToBytes(taskId.replaceAll('-', '')));
  new DataView(body.buffer, body.byteOffset).setUint16(16, attempt);
  body.set(readHex(precommit, 32, 'precommit'), 18);
  const mac = hmac(sha256, readHex(seed, 32, 'seed'), bytes);
  return new DataView(mac.buffer, mac.byteOffset).getBigUint64(0);
}

/**
 * How often a node is audited, in millionths: `min(10^6, floor(base * (4000 - 3 * score) / 1000))`. It falls with the
 * score to the base, and never to 0.
 * @param base the epoch's rate for a node of the best score, in millionths
 * @param score 0 to 1000, the node's score when the draw was made; 0 for a node that has none yet
 * @throws RangeError when one of them is no integer in its range.
 */
export function auditRate(base: number, score: number): number {
  requireInteger(base, 'base', 0, RATE_UNITS);
  requireInteger(score, 'score', 0, SCORE_UNITS);
  const weight = AT_SCORE_0 * SCORE_UNITS - (AT_SCORE_0 - 1) * score;
  return Math.min(RATE_UNITS, Math.floor((base * weight) / SCORE_UNITS));
}

/** Is a precommit with this draw audited at this rate (millionths)? Iff `draw < floor(rate * 2^64 / 10^6)`. */
export function isAudited(draw: bigint, rate: number): boolean {
  requireInteger(rate, 'rate', 0, RATE_UNITS);
  return draw < (BigInt(rate) << 64n) / BigInt(RATE_UNITS);
}
