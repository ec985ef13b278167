import { readConfig } from '@ganglion/runtime';
import { z } from 'zod';
import type { FloodLimits } from './flood-meter.js';

export const FLOOD_LIMITS = Symbol('flood limits');

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
      .default(8 * 1024 * 1024),
    FLOOD_BURST_SECONDS: z.coerce.number().positive().default(5),
  });
  return {
    messagesPerSecond: config.FLOOD_MESSAGES_PER_SECOND,
    bytesPerSecond: config.FLOOD_BYTES_PER_SECOND,
    burstSeconds: config.FLOOD_BURST_SECONDS,
  };
};
