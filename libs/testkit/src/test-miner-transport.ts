import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Frame, type InputOf, type NodeRequest, nodePool, sessionQueue } from '@ganglion/contracts';
import type { Behaviour, Wire } from '@ganglion/node';
import type { Fault, Orders } from './test-miner-orders.js';

type Precommit = InputOf<typeof sessionQueue.precommit>;
type Part = InputOf<typeof sessionQueue.commit>;

const HUGE_PARTS = 20;
const HUGE_PART = 'x'.repeat(500_000);
const LOOK_MS = 20;
const FLOOD_WAVE = 16;
const FLOOD_NOISE = 'x'.repeat(250_000);
const FLOOD_PAUSE_MS = 20;
const FLOOD_MS = 30_000;
const BEATS_AT_ONCE = 100;

/** What an honest attempt sent, for a later one to send again. */
export interface Sent {
  precommit?: Precommit;
  part?: Part;
}

export const isPrecommit = (message: NodeRequest, input: unknown): input is Precommit =>
  message.subject === sessionQueue.precommit.subject && input !== undefined;
export const isPart = (message: NodeRequest, input: unknown): input is Part =>
  message.subject === sessionQueue.commit.subject && input !== undefined;

/** A wire on which parts of a reveal are sent as `send` says, and everything else as it is. */
const revealing = (send: (part: Part, wire: Wire) => Promise<void>): Partial<Behaviour> => ({
  ask: async (message, input, wire) => {
    if (isPart(message, input)) await send(input, wire);
    return wire.ask(message, input);
  },
});

/** Faults in how a node sends what it has. `sent` is what it sent for an earlier task. */
export const transportFaults = (
  sent: Sent,
  orders: () => Orders,
): Partial<Record<Fault, Partial<Behaviour>>> => ({
  'huge-reveal': revealing((part, wire) => sendParts(part, HUGE_PARTS, wire)),
  'too-many-parts': revealing(async (part, wire) => {
    await wire.ask(sessionQueue.commit, { ...part, part: 64, parts: 65 });
  }),
  'late-reveal': revealing(async () => {
    while (orders().faults.includes('late-reveal')) await pause(LOOK_MS);
  }),
  duplicates: {
    ask: async (message, input, wire) => {
      const answer = await wire.ask(message, input);
      // The first answer is the one that counts; the second may be a refusal.
      if (isPrecommit(message, input) || isPart(message, input))
        await wire.ask(message, input).catch(() => {});
      return answer;
    },
    publish: (taskId, frame, wire) => {
      wire.publish(taskId, frame);
      wire.publish(taskId, frame);
    },
  },
  replay: {
    ask: (message, input, wire) => {
      if (isPrecommit(message, input)) return wire.ask(message, { ...sent.precommit, ...taskOf(input) });
      if (isPart(message, input)) return wire.ask(message, { ...sent.part, ...taskOf(input) });
      return wire.ask(message, input);
    },
  },
});

const taskOf = ({ taskId, attempt }: { taskId: string; attempt: number }) => ({ taskId, attempt });

const sendParts = async (part: Part, parts: number, wire: Wire): Promise<void> => {
  const digest = createHash('sha256').update(HUGE_PART.repeat(parts)).digest('hex');
  for (let n = 0; n < parts; n++) {
    await wire.ask(sessionQueue.commit, { ...taskOf(part), part: n, parts, digest, data: HUGE_PART });
  }
};

const frameOfNothing = (): Frame => ({
  attempt: 1,
  choice: 0,
  from: 1,
  tokens: [[1, ' noise']],
  link: randomBytes(32).toString('hex'),
});

/** Faults that need no task of its own: done with the next heartbeat, once. */
export const deeds: Partial<Record<Fault, (wire: Wire, orders: () => Orders) => Promise<void>>> = {
  'foreign-precommit': async (wire, orders) => {
    const { taskId = '' } = orders();
    const precommit = randomBytes(32).toString('hex');
    const signature = randomBytes(64).toString('hex');
    await wire.ask(sessionQueue.precommit, { taskId, attempt: 1, precommit, signature });
  },
  'foreign-frames': async (wire, orders) => {
    wire.publish(orders().taskId ?? '', frameOfNothing());
  },
  'frame-flood': (wire, orders) =>
    flood(orders, async () => {
      for (let n = 0; n < FLOOD_WAVE; n++) wire.publish(randomUUID(), { noise: FLOOD_NOISE });
    }),
  'heartbeat-flood': (wire, orders) =>
    flood(orders, async () => {
      const beat = { at: new Date().toISOString(), busySlots: 0, slots: 1, rssBytes: 0 };
      const beats = Array.from({ length: BEATS_AT_ONCE }, () => wire.ask(nodePool.heartbeat, beat));
      await Promise.allSettled(beats);
    }),
};

/** Until it is called off, or nobody can be reached any more. */
const flood = async (orders: () => Orders, wave: () => Promise<void>): Promise<void> => {
  const endAt = Date.now() + FLOOD_MS;
  while (Date.now() < endAt && orders().faults.length > 0) {
    await wave();
    await pause(FLOOD_PAUSE_MS);
  }
};
