import { type Frame, frame, frameSubject, streams } from '@ganglion/contracts';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { nuid } from '@nats-io/nats-core';
import type { Bus } from './bus.js';
import { parseWire } from './wire.js';

export interface StreamedFrame {
  readonly frame: Frame;
  /** Milliseconds since the epoch at which the broker stored it. */
  readonly storedAt: number;
}

/**
 * The frames one miner published for one task, oldest first, as the memory stream TOKENS captured them. What is no
 * frame is left out and counted in `malformed`.
 */
export const readFrames = async (
  bus: Bus,
  nodeId: string,
  taskId: string,
): Promise<{ frames: StreamedFrame[]; malformed: number }> => {
  const manager = await jetstreamManager(bus.nats, { checkAPI: false });
  const info = await manager.consumers.add(streams.tokens.name, {
    // Named, because only then the subject of its creation says which stream and frames it is for.
    name: `history-${nuid.next()}`,
    filter_subject: frameSubject(nodeId, taskId),
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
    mem_storage: true,
    inactive_threshold: 5_000_000_000,
  });
  const frames: StreamedFrame[] = [];
  let malformed = 0;
  if (info.num_pending > 0) {
    const consumer = jetstream(bus.nats).consumers.getConsumerFromInfo(info);
    const messages = await consumer.fetch({ max_messages: info.num_pending, expires: 2_000 });
    for await (const msg of messages) {
      try {
        frames.push({ frame: parseWire(frame, msg), storedAt: msg.info.timestampNanos / 1e6 });
      } catch {
        malformed++;
      }
    }
  }
  manager.consumers.delete(streams.tokens.name, info.name).catch(() => {});
  return { frames, malformed };
};
