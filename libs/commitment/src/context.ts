import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { readHex } from './hex.js';
import { MAX_U16, requireInteger } from './integer.js';
import { nodeKey } from './node-key.js';
import { domain } from './utf8.js';

/** What a chain belongs to: change any of it and every link changes. */
export interface ChainContext {
  /** A UUID in its lowercase form. */
  taskId: string;
  /** Number of the attempt within the task (u16). */
  attempt: number;
  /** Index of the choice within the answer (u16). */
  choice: number;
  /** The miner's public NKEY. */
  nodeId: string;
  /** `manifestDigest` of the model, hex. */
  modelDigest: string;
  /** `digestJson` of the frozen request, hex. */
  requestDigest: string;
}

const TAG = domain('ganglion/commit/v1');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether `value` is a UUID as the context reads it: lowercase, so that one id has one spelling. */
export function isTaskId(value: string): boolean {
  return UUID.test(value);
}

/**
 * `H("ganglion/commit/v1" 0x00 taskId[16] attempt[u16] choice[u16] nodeKey[32] modelDigest[32] requestDigest[32])`.
 * @throws RangeError naming the field that is malformed.
 */
export function contextDigest(context: ChainContext): Uint8Array {
  const { taskId, attempt, choice } = context;
  if (!isTaskId(taskId)) throw new RangeError('taskId must be a UUID in lowercase');
  requireInteger(attempt, 'attempt', 0, MAX_U16);
  requireInteger(choice, 'choice', 0, MAX_U16);
  const bytes = new Uint8Array(TAG.length + 116);
  const view = new DataView(bytes.buffer, TAG.length);
  const body = bytes.subarray(TAG.length);
  bytes.set(TAG);
  body.set(hexToBytes(taskId.replaceAll('-', '')));
  view.setUint16(16, attempt);
  view.setUint16(18, choice);
  body.set(nodeKey(context.nodeId), 20);
  body.set(readHex(context.modelDigest, 32, 'modelDigest'), 52);
  body.set(readHex(context.requestDigest, 32, 'requestDigest'), 84);
  return sha256(bytes);
}
