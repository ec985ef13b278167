import { type Event, type ModuleName, moduleNames, topology } from '@ganglion/contracts';
import { headers } from '@nats-io/nats-core';
import { z } from 'zod';
import type { Connections } from './bad-input-connections.fixture.js';
import { exampleOf, type Facts, type JsonSchema } from './bad-input-example.fixture.js';
import { badInputs } from './bad-input-plan.fixture.js';
import type { Chance } from './bad-input-random.fixture.js';
import { inParallel, type Tally } from './bad-input-tally.fixture.js';

const ANSWER_MS = 60_000;
const LARGE = 300_000;

export interface EventWalk {
  readonly connections: Connections;
  readonly fields: Facts;
  readonly chance: Chance;
  readonly count: number;
  readonly tally: Tally;
}

/**
 * Says every event of the catalog in bad ways, as the module that may say it.
 * @returns how many letters must be dead in the end: one for each module that hears an event it cannot read.
 */
export const walkEvents = async (walk: EventWalk): Promise<number> => {
  const { chance, count, tally, fields } = walk;
  const said = moduleNames.flatMap((name) => topology[name].says.map((event) => ({ name, event })));
  const share = Math.ceil(count / said.length);
  const jobs = said.flatMap(({ name, event }) => {
    const example = exampleOf(z.toJSONSchema(event.payload, { io: 'input' }) as JsonSchema, fields);
    const messages = badInputs(example, { chance, count: share, large: LARGE });
    return messages.map(({ what, data }) => ({ name, event, what, data }));
  });
  let dead = 0;
  await inParallel(chance.sample(jobs), 16, async ({ name, event, what, data }) => {
    const answer = await say(walk, { name, event, data });
    const isOffence = answer !== 'stored' && answer !== 'repeated';
    tally.note({
      way: 'events',
      what: `${event.subject} (${what})`,
      outcome: answer,
      offence: isOffence ? answer : undefined,
    });
    if (answer === 'stored' && !isReadable(event, data)) dead += hearersOf(event);
  });
  return dead;
};

const hearersOf = (event: Event): number =>
  moduleNames.filter((name) => topology[name].hears.includes(event)).length;

const isReadable = (event: Event, data: Uint8Array): boolean => {
  try {
    return event.payload.safeParse(JSON.parse(new TextDecoder().decode(data))).success;
  } catch {
    return false;
  }
};

const say = async (
  { connections, chance }: EventWalk,
  { name, event, data }: { name: ModuleName; event: Event; data: Uint8Array },
): Promise<string> => {
  const made = headers();
  // Ids that others may have used, that are no ids, or that are missing.
  const forged = chance.pick([
    '',
    '',
    '',
    '0',
    'word',
    `id ${chance.below(1e9)}`,
    `${'x'.repeat(3_000)}${chance.below(1e9)}`,
  ]);
  if (forged !== '') made.set('Nats-Msg-Id', forged);
  if (chance.below(5) === 0) made.set('traceparent', 'x'.repeat(200));
  try {
    const reply = await connections.modules[name].nats.request(event.subject, data, {
      timeout: ANSWER_MS,
      headers: made,
    });
    const { seq, duplicate } = reply.json<{ seq?: number; duplicate?: boolean }>();
    if (duplicate) return 'repeated';
    return seq === undefined ? reply.string().slice(0, 200) : 'stored';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
