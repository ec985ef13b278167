import { sha256 } from '@noble/hashes/sha2.js';
import { evidenceBytes, type Evidence } from './evidence.js';
import { finishName } from './finish.js';
import { readHex, writeHex } from './hex.js';
import { MAX_U16, MAX_U32, requireInteger } from './integer.js';
import { domain } from './utf8.js';

/** What a miner commits to for one choice: its last link (hex), absolute count of tokens, and finish code. */
export interface CommittedChoice {
  head: string;
  count: number;
  finish: number;
}

const TAG = domain('ganglion/precommit/v1');
const CHOICE = 37;

/**
 * `H("ganglion/precommit/v1" 0x00 choices[u16] (link_n count[u32] finish[u8])* H(evidence) salt[32])`, hex.
 * `choices` are all choices of the answer in order, those that an earlier attempt had finished included (their head is
 * then the resumed link_0). `evidence` runs by choice, then position, over the positions this attempt computed itself.
 * @throws RangeError naming the field that is malformed.
 */
export function precommitDigest(
  choices: readonly CommittedChoice[],
  evidence: readonly Evidence[],
  salt: string,
): string {
  requireInteger(choices.length, 'number of choices', 1, MAX_U16);
  const bytes = new Uint8Array(TAG.length + 2 + choices.length * CHOICE + 64);
  const view = new DataView(bytes.buffer);
  bytes.set(TAG);
  view.setUint16(TAG.length, choices.length);
  let offset = TAG.length + 2;
  choices.forEach(({ head, count, finish }, index) => {
    requireInteger(count, `count of choice ${index}`, 0, MAX_U32);
    finishName(finish);
    bytes.set(readHex(head, 32, `head of choice ${index}`), offset);
    view.setUint32(offset + 32, count);
    view.setUint8(offset + 36, finish);
    offset += CHOICE;
  });
  bytes.set(sha256(evidenceBytes(evidence)), offset);
  bytes.set(readHex(salt, 32, 'salt'), offset + 32);
  return writeHex(sha256(bytes));
}
