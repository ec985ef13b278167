import { type HealthView, streams } from '@ganglion/contracts';
import { type ConsumerInfo, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { Bus } from './bus.js';

/** What the network's streams hold, and what their consumers have still to take; reads only. */
export const readStreams = async (bus: Bus): Promise<HealthView['streams']> => {
  const manager = await jetstreamManager(bus.nats, { checkAPI: false, timeout: 2_000 });
  return Promise.all(
    Object.values(streams).map(async ({ name }) => {
      const [{ state }, consumers] = await Promise.all([
        manager.streams.info(name),
        consumersOf(manager, name),
      ]);
      return {
        name,
        messages: state.messages,
        bytes: state.bytes,
        consumers: consumers.map((consumer) => ({
          name: consumer.name,
          pending: consumer.num_pending,
          unacknowledged: consumer.num_ack_pending,
        })),
      };
    }),
  );
};

const consumersOf = async (manager: JetStreamManager, stream: string): Promise<ConsumerInfo[]> => {
  const consumers: ConsumerInfo[] = [];
  for await (const consumer of manager.consumers.list(stream)) consumers.push(consumer);
  return consumers;
};
