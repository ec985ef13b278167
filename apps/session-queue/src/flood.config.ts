import { type Bus, connectBus, parseCredentials } from '@ganglion/messaging';
import { readBrokerConfig, readConfig, secret } from '@ganglion/runtime';
import { z } from 'zod';
import type { FloodLimits } from './flood-meter.js';

export const FLOOD_LIMITS = Symbol('flood limits');
export const FLOOD_BUS = Symbol('flood bus');

/**
 * A connection for watching alone: if a flood outruns its reader the broker cuts the reader's connection, and that must
 * not be the one on which everybody is answered.
 */
export const connectFloodBus = (): Promise<Bus> => {
  const { NATS_URL } = readBrokerConfig();
  const credentials = parseCredentials(secret('nats.creds') ?? '');
  return connectBus({ servers: NATS_URL.split(','), name: 'session-queue', credentials });
};

/**
 * What one node may send, far above what any honest one does: a node streams a frame every 10 ms for each of its slots
 * at most, and reveals a few hundred bytes per token.
 */
export const readFloodLimits = (): FloodLimits => {
  const config = readConfig({
    FLOOD_MESSAGES_PER_SECOND: z.coerce.number().positive().default(10_000),
    FLOOD_BYTES_PER_SECOND: z.coerce
      .number()
      .positive()
      .default(4 * 1024 * 1024),
    FLOOD_BURST_SECONDS: z.coerce.number().positive().default(5),
  });
  return {
    messagesPerSecond: config.FLOOD_MESSAGES_PER_SECOND,
    bytesPerSecond: config.FLOOD_BYTES_PER_SECOND,
    burstSeconds: config.FLOOD_BURST_SECONDS,
  };
};
