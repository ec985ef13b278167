import { isDeepStrictEqual } from 'node:util';
import { leaseBucket, streams } from '@ganglion/contracts';
import {
  type ConsumerConfig,
  JetStreamApiError,
  jetstream,
  type JetStreamManager,
  jetstreamManager,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/nats-core';
import { wantedDurables, wantedStreams } from './streams.js';

const STREAM_NOT_FOUND = 10_059;
const CONSUMER_NOT_FOUND = 10_014;

const unlessMissing = async <T>(code: number, ask: Promise<T>): Promise<T | undefined> => {
  try {
    return await ask;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === code) return undefined;
    throw error;
  }
};

const isMet = <T extends object>(wanted: Partial<T>, actual: T): boolean =>
  Object.entries(wanted).every(([field, value]) => isDeepStrictEqual(actual[field as keyof T], value));

/** Makes the streams, durables and the lease bucket as the contracts name them, and updates those that differ. */
export const provideStreams = async (nats: NatsConnection): Promise<void> => {
  const manager = await jetstreamManager(nats);
  for (const wanted of wantedStreams) await provideStream(manager, wanted);
  for (const wanted of wantedDurables) await provideDurable(manager, wanted);
  await forgetDurables(manager);
  await new Kvm(jetstream(nats)).create(leaseBucket, { history: 1, storage: StorageType.File });
};

const provideStream = async (
  manager: JetStreamManager,
  wanted: Partial<StreamConfig> & { name: string },
): Promise<void> => {
  const info = await unlessMissing(STREAM_NOT_FOUND, manager.streams.info(wanted.name));
  if (!info) await manager.streams.add(wanted);
  else if (!isMet(wanted, info.config)) await manager.streams.update(wanted.name, wanted);
};

const provideDurable = async (
  manager: JetStreamManager,
  wanted: Partial<ConsumerConfig> & { durable_name: string },
): Promise<void> => {
  const stream = streams.events.name;
  const info = await unlessMissing(CONSUMER_NOT_FOUND, manager.consumers.info(stream, wanted.durable_name));
  if (!info) await manager.consumers.add(stream, wanted);
  else if (!isMet(wanted, info.config)) await manager.consumers.update(stream, wanted.durable_name, wanted);
};

/** A durable nobody hears through any more would keep every event in the stream. */
const forgetDurables = async (manager: JetStreamManager): Promise<void> => {
  const known = new Set(wantedDurables.map(({ durable_name }) => durable_name));
  for await (const { name } of manager.consumers.list(streams.events.name))
    if (!known.has(name)) await manager.consumers.delete(streams.events.name, name);
};
