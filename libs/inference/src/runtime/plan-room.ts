import { InferenceError } from '../inference-error.js';
import type { DecoderShape } from '../onnx/decoder-shape.js';
import { LONGEST_RUN } from '../schedule/prompt-chunks.js';
import type { Room } from './decoder.js';

/** Of the memory that is free when the model is loaded, for attention state: weights and work buffers need some, too. */
const MEMORY_SHARE = 0.5;

/** A smaller context than this is nobody's wish. */
const SMALLEST_CONTEXT = 1024;

export interface RoomPlan {
  room: Room;
  /** That all rows may hold at once. */
  tokens: number;
  /** Why the rows are shorter than wanted, where they are. */
  shortage?: string;
}

/**
 * How many rows of how many tokens the free memory holds.
 * @param wanted tokens of a row
 * @param options `memory` in bytes; `mayShrink` whether shorter rows are better than none
 * @throws InferenceError ENGINE_FAILED, field `contextLength`
 */
export function planRoom(
  shape: Pick<DecoderShape, 'layers' | 'keyValueHeads' | 'headSize' | 'cacheType'>,
  wanted: number,
  { slots, mayShrink, memory }: { slots: number; mayShrink: boolean; memory: number },
): RoomPlan {
  const numberBytes = shape.cacheType === 'float32' ? 4 : 2;
  const tokenBytes = 2 * shape.layers * shape.keyValueHeads * shape.headSize * numberBytes;
  const fitting = Math.floor((MEMORY_SHARE * memory) / tokenBytes);
  const capacity = Math.min(wanted, fitting);
  const room = { rows: slots, capacity, longestRun: LONGEST_RUN };
  const tokens = Math.min(fitting, slots * capacity);
  if (capacity === wanted) return { room, tokens };
  const gigabytes = ((tokenBytes * wanted) / 1e9).toFixed(1);
  const shortage = `a context of ${wanted} tokens takes ${gigabytes} GB, and half of the free memory holds ${fitting} tokens`;
  if (mayShrink && capacity >= SMALLEST_CONTEXT) return { room, tokens, shortage };
  throw new InferenceError(
    'ENGINE_FAILED',
    `${shortage}: free memory, or ask for a smaller context`,
    'contextLength',
  );
}
