import { controlRecord, controlSubject, frame, frameSubject } from '@ganglion/contracts';
import { z } from 'zod';
import type { Connections } from './bad-input-connections.fixture.js';
import { exampleOf, type Facts, type JsonSchema, strangers } from './bad-input-example.fixture.js';
import { badInputs } from './bad-input-plan.fixture.js';
import type { Chance } from './bad-input-random.fixture.js';
import type { Tally } from './bad-input-tally.fixture.js';

const LARGE = 300_000;
/** A flood would be another story: this many at once, then the broker is waited for. */
const BATCH = 50;

export interface FrameWalk {
  readonly connections: Connections;
  readonly fields: Facts;
  readonly chance: Chance;
  readonly count: number;
  readonly tally: Tally;
}

/**
 * Frames of a miner for tasks it never got, and control records that cannot be read; nobody answers either. They are
 * made first, and sent when a task runs that nobody but its miner and the queue may touch.
 */
export const prepareFrames = (walk: FrameWalk): ((running: string) => Promise<void>) => {
  const { connections, chance, count, tally } = walk;
  const frames = inputsOf(frame, walk, Math.ceil(count / 2)).map(({ what, data }) => {
    const elsewhere = chance.pick([null, strangers.uuid, 'word', '_']);
    return {
      bus: connections.miner,
      subject: (running: string) => frameSubject(connections.nodeId, elsewhere ?? running),
      what: `frame (${what})`,
      data,
    };
  });
  const records = controlRecord.options.flatMap((kind) => inputsOf(kind, walk, Math.ceil(count / 10)));
  const controls = records.map(({ what, data }) => {
    // A record that can be read is believed, for only the queue may speak here: it goes to tasks that are not.
    const isReadable = controlRecord.safeParse(jsonOf(data)).success;
    return {
      bus: connections.modules['session-queue'],
      subject: (running: string) => controlSubject(isReadable ? strangers.uuid : running),
      what: `control record (${what})`,
      data,
    };
  });
  const all = chance.sample([...frames, ...controls]);
  return async (running) => {
    for (let from = 0; from < all.length; from += BATCH) {
      for (const { bus, subject, what, data } of all.slice(from, from + BATCH)) {
        bus.nats.publish(subject(running), data);
        tally.note({ way: 'frames', what: `${subject(running)}: ${what}`, outcome: 'sent' });
      }
      await Promise.all([connections.miner.nats.flush(), connections.modules['session-queue'].nats.flush()]);
    }
  };
};

const inputsOf = (schema: z.ZodType, { fields, chance }: FrameWalk, count: number) =>
  badInputs(exampleOf(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, fields), {
    chance,
    count,
    large: LARGE,
  });

const jsonOf = (data: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
};
