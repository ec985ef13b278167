import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What a test miner may do wrong. One that is not named here in another way than the protocol wants, it does well. */
const faults = [
  /** Precommits a hash that is not its data's. */
  'wrong-hash',
  /** Precommits with a signature that is not its own. */
  'wrong-signature',
  /** Streams frames with signatures that are not its own. */
  'wrong-frame-signature',
  /** Streams one answer and commits another, each sound in itself. */
  'commits-another-answer',
  /** Streams the right ids with another text. */
  'wrong-text',
  /** Streams one more token after the finish. */
  'frames-after-finish',
  /** Streams messages that are no frames among the frames. */
  'malformed-frames',
  /** Goes on after the last token it was asked for. */
  'too-long',
  /** Computes, streams and commits an answer that is not the model's, consistently: only a replica can tell. */
  'other-answer',
  /** The same, but only where it streams: as a silent replica it is honest. */
  'other-answer-aloud',
  /** Streams other log-probabilities than it commits, where they are asked for. */
  'other-logprobs',
  /** Gives no log-probabilities to who asks for them. */
  'no-logprobs',
  /** Takes tasks, and shows nothing of them until they are called off. */
  'stalls',
  'withheld-precommit',
  'withheld-reveal',
  'empty-reveal',
  /** Reveals ten megabytes. */
  'huge-reveal',
  /** Reveals in more parts than there may be. */
  'too-many-parts',
  /** Holds its reveal back until it is told otherwise. */
  'late-reveal',
  /** Sends every frame, precommit and part of a reveal twice. */
  'duplicates',
  /** Precommits and reveals what it did for an earlier task. */
  'replay',
  /** Precommits the task it was told of, which is another node's. */
  'foreign-precommit',
  /** Streams frames for the task it was told of, which is another node's. */
  'foreign-frames',
  /** Streams noise for no task, megabytes at a time. */
  'frame-flood',
  /** Beats as fast as it can. */
  'heartbeat-flood',
] as const;
export type Fault = (typeof faults)[number];

const orders = z.object({
  faults: z.array(z.enum(faults)).default([]),
  /** Another node's task, for the faults that meddle with one. */
  taskId: z.string().optional(),
});
export type Orders = z.infer<typeof orders>;

/** The file's name in the miner's data folder. */
export const ordersFile = 'orders.json';

/** What to do wrong from now on; the file is read anew each time, and replaced whole by whoever writes it. */
export const readOrders = (file: string): Orders => orders.parse(JSON.parse(readFileSync(file, 'utf8')));
