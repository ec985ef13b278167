import { jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { PrismaClient } from './generated/trial/client.js';
import { insertEvents, record, saying } from './event-row.js';
import { withConnection } from './migration/connect.js';
import { Outbox, type OutboxOptions } from './outbox.js';
import { lampBroken, Trial } from './trial.fixture.js';

const id = '0190d6a4-5c3b-7000-8000-000000000001';
const payloadOf = (version: number) => ({ lampId: id, version, colour: null });

/** What a broker stored, in order; it refuses what `refuses` says. */
class Stored {
  readonly messages: { id: string; version: number }[] = [];
  refuses: (version: number) => boolean = () => false;
  readonly publish = async (_subject: string, payload: unknown, id: string): Promise<void> => {
    const { version } = payload as { version: number };
    await delay(1);
    if (this.refuses(version)) throw new Error(`no stream for ${version}`);
    this.messages.push({ id, version });
  };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

jest.setTimeout(60_000);

describe('the outbox on a real server', () => {
  let trial: Trial;
  let client: PrismaClient;
  const running: Outbox[] = [];
  const warnings: string[] = [];
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };

  beforeAll(async () => {
    trial = await Trial.start();
    client = trial.open();
  }, 60_000);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((outbox) => outbox.stop()));
    await client.event.deleteMany();
    await client.lease.deleteMany();
  });
  afterAll(() => trial[Symbol.asyncDispose]());

  const start = (
    holder: string,
    options: Partial<OutboxOptions> & Pick<OutboxOptions, 'publish'>,
  ): Outbox => {
    const log = { warn: (message: string) => void warnings.push(message) };
    const outbox = new Outbox({ client: trial.open(), clock, holder, pollMs: 20, log, ...options });
    running.push(outbox);
    outbox.start();
    return outbox;
  };
  const write = async (versions: readonly number[]): Promise<void> => {
    const rows = versions.map((version) => ({
      entity: 'lamp',
      entityId: id,
      at: clock.now(),
      ...saying({ event: lampBroken, payload: payloadOf(version) }),
    }));
    await insertEvents(client, rows);
  };
  const unpublished = () => client.event.count({ where: { publishedAt: null } });
  const allPublished = async (): Promise<void> => {
    for (const end = Date.now() + 20_000; (await unpublished()) > 0; await delay(10)) {
      if (Date.now() > end) throw new Error(`not published after 20 s:\n${warnings.join('\n')}`);
    }
  };

  it('publishes every row once, in order, while two replicas compete', async () => {
    const broker = new Stored();
    start('one', broker);
    start('two', broker);
    await write(numbers(1, 300));
    await allPublished();
    expect(broker.messages.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(numbers(1, 300));
    const rows = await client.event.findMany({ orderBy: { sequence: 'asc' } });
    const order = new Map(broker.messages.map(({ id: message }, index) => [message, index]));
    const places = rows.map(({ id: row }) => order.get(row)!);
    // Pipelined: a row may overtake at most those on their way with it.
    expect(places.every((place, index) => Math.abs(place - index) < 64)).toBe(true);
  });

  it('publishes what another replica committed as soon as it is told', async () => {
    const broker = new Stored();
    const hearers = new Set<() => void>();
    const peers: OutboxOptions['peers'] = {
      tell: () => hearers.forEach((hear) => hear()),
      onTold: (hear) => {
        hearers.add(hear);
        return { close: () => void hearers.delete(hear) };
      },
    };
    const options = { publish: broker.publish, peers, pollMs: 600_000 };
    const holder = start('one', options);
    await write([1]);
    holder.wake();
    await allPublished();
    const other = start('two', options);
    await write([2]);
    other.wake();
    await allPublished();
    expect(broker.messages.map(({ version }) => version)).toEqual([1, 2]);
  });

  it('leaves rows of history alone', async () => {
    const broker = new Stored();
    await client.event.create({
      data: { entity: 'lamp', entityId: id, version: 0, to: 'NEW', at: clock.now() },
    });
    start('one', broker);
    await write([7]);
    while (broker.messages.length === 0) await delay(5);
    expect(broker.messages.map(({ version }) => version)).toEqual([7]);
    expect(await client.event.count({ where: { to: 'NEW', publishedAt: null } })).toBe(1);
  });

  it('publishes a row that is committed after one with a higher sequence', async () => {
    const broker = new Stored();
    start('one', broker);
    const late = trial.open();
    await late.$transaction(async (tx) => {
      const lower = {
        event: lampBroken,
        payload: payloadOf(1),
        entity: 'lamp',
        entityId: id,
        at: clock.now(),
      };
      await record(tx, lower);
      await write([2]);
      await allPublished();
      expect(broker.messages.map(({ version }) => version)).toEqual([2]);
    });
    await allPublished();
    expect(broker.messages.map(({ version }) => version)).toEqual([2, 1]);
  });

  it('publishes again with the same id when its connections are cut before it can mark the row', async () => {
    const broker = new Stored();
    let isCut = false;
    start('one', {
      publish: async (subject, payload, message) => {
        await broker.publish(subject, payload, message);
        if (isCut) return;
        isCut = true;
        await withConnection({ url: trial.adminUrl }, (admin) =>
          admin.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'trial' AND pid <> pg_backend_pid()`,
          ),
        );
        // Its next connection cannot mark the row either, until it has found that out.
        await withConnection({ url: trial.adminUrl, schema: 'trial' }, (admin) =>
          admin.query('ALTER TABLE "Event" RENAME COLUMN "publishedAt" TO hidden'),
        );
      },
    });
    await write([1]);
    const until = warnings.length;
    while (warnings.length === until) await delay(5);
    await withConnection({ url: trial.adminUrl, schema: 'trial' }, (admin) =>
      admin.query('ALTER TABLE "Event" RENAME COLUMN hidden TO "publishedAt"'),
    );
    await allPublished();
    expect(broker.messages.length).toBeGreaterThan(1);
    expect(new Set(broker.messages.map(({ id: message }) => message)).size).toBe(1);
  });

  it('goes on when the broker is back', async () => {
    const broker = new Stored();
    broker.refuses = () => true;
    start('one', broker);
    await write(numbers(1, 30));
    while (!warnings.some((line) => line.includes('cannot publish'))) await delay(5);
    broker.refuses = () => false;
    await allPublished();
    expect(broker.messages.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(numbers(1, 30));
  });

  it('does not let one refused row hold up the others', async () => {
    const broker = new Stored();
    broker.refuses = (version) => version === 1;
    start('one', broker);
    await write(numbers(1, 20));
    while ((await unpublished()) > 1) await delay(5);
    expect(broker.messages.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(numbers(2, 20));
    broker.refuses = () => false;
    await allPublished();
  });

  it('forgets what was heard too long ago to be heard again', async () => {
    const at = (days: number) => new Date(clock.now().getTime() - days * 86_400_000);
    await client.heard.createMany({
      data: [
        { eventId: 'old', at: at(14.1) },
        { eventId: 'young', at: at(13.9) },
      ],
    });
    start('one', new Stored());
    while ((await client.heard.count()) > 1) await delay(5);
    expect(await client.heard.findMany()).toMatchObject([{ eventId: 'young' }]);
  });

  it('hands over at once when it stops, and after the lease when its holder is gone', async () => {
    const broker = new Stored();
    const first = start('first', { ...broker, leaseMs: 3_600_000 });
    await write([1]);
    await allPublished();
    await first.stop();
    start('second', { ...broker, leaseMs: 3_600_000 });
    await write([2]);
    await allPublished();
    expect(await client.lease.findMany()).toMatchObject([{ name: 'outbox', holder: 'second' }]);
    await client.lease.update({ where: { name: 'outbox' }, data: { holder: 'crashed' } });
    await running.pop()!.stop();
    start('third', broker);
    await write([3]);
    expect(await unpublished()).toBe(1);
    offsetMs += 3_600_001;
    await allPublished();
    expect(broker.messages.map(({ version }) => version)).toEqual([1, 2, 3]);
  });
});
