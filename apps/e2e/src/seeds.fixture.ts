import { randomBytes } from 'node:crypto';
import type { NetworkAddress } from '@ganglion/testkit';
import { seeded } from '@ganglion/testkit/seeded';
import { rowsOf } from './rows.fixture.js';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const DAY_MS = 86_400_000;
const CHUNK = 500;

/** Of those that serve few stay: they are not heard, and the pool sees it. */
const states = ['EPHEMERAL', 'QUARANTINED', 'OFFLINE', 'OFFLINE', 'RETIRED'] as const;

/** A UUIDv7 of that time. */
const uuidOf = (ms: number): string => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(ms, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** Adds so many nodes that nobody runs, each like one that is there, in all states. */
export const seedPool = async (network: NetworkAddress, count: number): Promise<void> => {
  const random = seeded(1);
  const letter = (): string => BASE32[Math.floor(random() * BASE32.length)]!;
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: `U${Array.from({ length: 55 }, letter).join('')}`,
    state: states[index % states.length],
    level: Math.floor(random() * 11),
    score: random(),
    tokensPerSecond: 5 + random() * 200,
    reason: { code: 'seeded', message: 'made for a measurement' },
    wakeAt: new Date(Date.now() + DAY_MS),
    sessionId: null,
  }));
  await rowsOf(
    network,
    `INSERT INTO node_pool."Node"
     SELECT (jsonb_populate_record(t.node, n)).*
       FROM (SELECT node FROM node_pool."Node" node LIMIT 1) t, jsonb_array_elements($1::jsonb) n`,
    [JSON.stringify(nodes)],
  );
};

/** Adds so many tasks of the latest day, each with the attempts and events of one that is there. */
export const seedTasks = async (network: NetworkAddress, count: number): Promise<void> => {
  const now = Date.now();
  const random = seeded(2);
  for (let made = 0; made < count; made += CHUNK) {
    const tasks = Array.from({ length: Math.min(CHUNK, count - made) }, () => {
      const at = now - Math.floor(random() * DAY_MS);
      const isFailed = random() < 0.02;
      return {
        id: uuidOf(at),
        submittedAt: new Date(at),
        endedAt: new Date(at + 200 + random() * 3_000),
        ...(isFailed
          ? { state: 'FAILED', reason: { code: 'miner_lost', message: 'its miner was lost in mid-answer' } }
          : {}),
      };
    });
    const values = [JSON.stringify(tasks)];
    const template = `(SELECT task FROM session_queue."Task" task WHERE state = 'FINALISED' AND "sessionId" IS NOT NULL LIMIT 1) t`;
    await rowsOf(
      network,
      `INSERT INTO session_queue."Task"
       SELECT (jsonb_populate_record(t.task, n)).* FROM ${template}, jsonb_array_elements($1::jsonb) n`,
      values,
    );
    await rowsOf(
      network,
      `INSERT INTO session_queue."Attempt"
       SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'taskId', n->'id',
                'offeredAt', n->'submittedAt', 'firstFrameAt', n->'endedAt', 'endedAt', n->'endedAt'))).*
         FROM ${template} JOIN session_queue."Attempt" a ON a."taskId" = (t.task).id, jsonb_array_elements($1::jsonb) n`,
      values,
    );
  }
};
