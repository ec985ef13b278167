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
const TAG_WITH_LOGPROBS = domain('ganglion/precommit/v2');
const CHOICE = 37;

/**
 * `H("ganglion/precommit/v1" 0x00 choices[u16] (link_n count[u32] finish[u8])* H(evidence) salt[32])`, hex.
 * `choices` are all choices of the answer in order, those that an earlier attempt had finished included (their head is
 * then the resumed link_0). `evidence` runs by choice, then position, over the positions this attempt computed itself.
 * With log-probabilities it is `H("ganglion/precommit/v2" 0x00 choices[u16] (…)* H(evidence) H(logprobs) salt[32])`.
 * @param logprobs `logprobsDigest` of the choices, if they were asked for
 * @throws RangeError naming the field that is malformed.
 */
export function precommitDigest(
  choices: readonly CommittedChoice[],
  evidence: readonly Evidence[],
  salt: string,
  logprobs?: string,
): string {
  requireInteger(choices.length, 'number of choices', 1, MAX_U16);
  const tag = logprobs === undefined ? TAG : TAG_WITH_LOGPROBS;
  const ends = [
    sha256(evidenceBytes(evidence)),
    ...(logprobs === undefined ? [] : [readHex(logprobs, 32, 'digest of the log-probabilities')]),
    readHex(salt, 32, 'salt'),
  ];
  const bytes = new Uint8Array(tag.length + 2 + choices.length * CHOICE + ends.length * 32);
  const view = new DataView(bytes.buffer);
  bytes.set(tag);
  view.setUint16(tag.length, choices.length);
  let offset = tag.length + 2;
  choices.forEach(({ head, count, finish }, index) => {
    requireInteger(count, `count of choice ${index}`, 0, MAX_U32);
    finishName(finish);
    bytes.set(readHex(head, 32, `head of choice ${index}`), offset);
    view.setUint32(offset + 32, count);
    view.setUint8(offset + 36, finish);
    offset += CHOICE;
  });
  ends.forEach((end, index) => bytes.set(end, offset + index * 32));
  return writeHex(sha256(bytes));
}
