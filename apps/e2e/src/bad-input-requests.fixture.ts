import { setTimeout as delay } from 'node:timers/promises';
import {
  type Answerable,
  catalog,
  cognitive,
  faultBody,
  type Job,
  type ModuleName,
  moduleNames,
  nodePool,
  subjectFor,
  topology,
} from '@ganglion/contracts';
import type { Bus } from '@ganglion/messaging';
import { headers, type MsgHdrs } from '@nats-io/nats-core';
import { z } from 'zod';
import type { Connections } from './bad-input-connections.fixture.js';
import { exampleOf, type Facts, type JsonSchema } from './bad-input-example.fixture.js';
import type { Mutation } from './bad-input-mutations.fixture.js';
import { badInputs } from './bad-input-plan.fixture.js';
import type { Chance } from './bad-input-random.fixture.js';
import { inParallel, type Tally } from './bad-input-tally.fixture.js';

const ANSWER_MS = 60_000;
/** Just below what the broker carries. */
const LARGE = 900_000;

/** Whoever has the oracle's credentials is believed: of these only what is not valid is sent. */
const believed: ReadonlySet<unknown> = new Set([
  cognitive.tick,
  cognitive.open,
  cognitive.timed,
  cognitive.probed,
  nodePool.sweep,
]);

interface Target {
  readonly bus: Bus;
  readonly who: string;
  readonly subject: string;
  readonly input: z.ZodType;
  readonly isBelieved: boolean;
}

/** Every question that anybody may ask: modules of modules, modules of miners, miners of modules. */
const targetsOf = ({ modules, miner, nodeId }: Connections, honestNode: string): Target[] => {
  const asked = moduleNames.flatMap((name) =>
    topology[name].asks.map((message) => target(modules[name], name, message)),
  );
  const ordered = moduleNames.flatMap((name) =>
    topology[name].orders.map((message) => ({
      ...target(modules[name], name, message),
      subject: subjectFor(message, honestNode),
    })),
  );
  const told = moduleNames.flatMap((name) =>
    topology[name].answers.flatMap((message) =>
      message.kind === 'node-request'
        ? [{ ...target(miner, 'a miner', message), subject: subjectFor(message, nodeId) }]
        : [],
    ),
  );
  return [...asked, ...ordered, ...told];
};

const target = (bus: Bus, who: string, message: Answerable | Job): Target => ({
  bus,
  who,
  subject: message.subject,
  input: message.input,
  isBelieved: believed.has(message),
});

export interface RequestWalk {
  readonly connections: Connections;
  /** Whom orders go to. */
  readonly honestNode: string;
  readonly fields: Facts;
  readonly chance: Chance;
  readonly count: number;
  readonly tally: Tally;
}

/** Asks every question of the catalog in bad ways, with the rights of those who may ask it. */
export const walkRequests = async (walk: RequestWalk): Promise<void> => {
  const { connections, honestNode, fields, chance, count, tally } = walk;
  const targets = targetsOf(connections, honestNode);
  const share = Math.ceil(count / targets.length);
  const jobs = targets.flatMap((to) => {
    const example = exampleOf(z.toJSONSchema(to.input, { io: 'input' }) as JsonSchema, fields);
    const messages = badInputs(example, { chance, count: share, large: LARGE });
    return messages
      .filter(({ data }) => !to.isBelieved || !isValid(to.input, data))
      .map((bad) => ({ to, bad }));
  });
  await inParallel(chance.sample(jobs), 24, ({ to, bad }) => ask(to, bad, { chance, tally }));
};

const isValid = (schema: z.ZodType, data: Uint8Array): boolean => {
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(data))).success;
  } catch {
    return false;
  }
};

const ask = async (
  { bus, who, subject, input }: Target,
  { what, data }: Mutation,
  { chance, tally }: { chance: Chance; tally: Tally },
): Promise<void> => {
  const note = (outcome: string, offence?: string): void =>
    tally.note({
      way: subject.startsWith('job.') ? 'orders' : 'requests',
      what: `${who} asks ${subject} (${what})`,
      outcome,
      offence,
    });
  try {
    const reply = await bus.nats.request(subject, data, { timeout: ANSWER_MS, headers: oddHeaders(chance) });
    const code = reply.headers?.get('Fault');
    if (!code) return note('OK');
    const fault = faultBody.safeParse(reply.json());
    if (!fault.success) return note(code, `no fault: ${reply.string().slice(0, 200)}`);
    const isSilent = fault.data.message.length < 5 || reply.data.length > 10_000;
    const isOurs =
      code === 'INTERNAL' || /nobody answers|answered in time|could not be asked/.test(fault.data.message);
    // What is not valid must be refused as such: nothing behind the schema may have to find out.
    const isLate = code !== 'INVALID' && !isValid(input, data);
    note(code, isSilent || isOurs || isLate ? reply.string().slice(0, 500) : undefined);
  } catch (error) {
    note('none', error instanceof Error ? error.message : String(error));
  }
};

/** Headers that say what is not so: every third message has some. */
const oddHeaders = (chance: Chance): MsgHdrs => {
  const made = headers();
  if (chance.below(3) > 0) return made;
  made.set(
    chance.pick(['Fault', 'traceparent', 'Nats-Msg-Id', 'Content-Encoding', 'Status']),
    chance.pick(['', 'INVALID', '00-zz-00-x', 'gzip', 'x'.repeat(5_000)]),
  );
  return made;
};

/** Every subject of the catalog that someone may publish to; for those who may not. */
export const subjectsOfCatalog = (nodeId: string): string[] =>
  (Object.keys(catalog) as ModuleName[]).flatMap((name) => [
    ...Object.values(catalog[name]).map(({ subject }) => subject.replace('*', nodeId)),
  ]);

/** Requests whose answer is to go where the asker may not speak: they are not answered there. */
export const askWithForeignReply = async (
  { modules, miner, nodeId }: Connections,
  honestNode: string,
  tally: Tally,
): Promise<void> => {
  const replies = [
    `job.${honestNode}.cancel`,
    'evt.session.session-changed',
    '$JS.API.STREAM.PURGE.EVENTS',
    '_INBOX.oracle.1.2',
  ];
  const asked: [Bus, string][] = [
    [miner, `node.${nodeId}.node-pool.renew`],
    [miner, `node.${nodeId}.session-queue.precommit`],
    [modules.router, 'req.session.list'],
  ];
  for (const [bus, subject] of asked)
    for (const reply of replies) {
      bus.nats.publish(subject, '{}', { reply });
      tally.note({ way: 'foreign replies', what: `${subject} to ${reply}`, outcome: 'sent' });
    }
  await Promise.all([miner.nats.flush(), modules.router.nats.flush()]);
  await delay(0);
};
