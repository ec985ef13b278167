import type { PrismaClient } from '@ganglion/database/session';
import { sessionParameters } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { type TestDatabase, testDatabase } from '@ganglion/testkit';
import { SessionDatabase, SessionOutbox } from './database.store.js';
import { SessionStore } from './session.store.js';
import { TurnStore } from './turn.store.js';

class MovedClock extends Clock {
  constructor(private readonly offsetMs: number) {
    super();
  }

  override ms(): number {
    return super.ms() + this.offsetMs;
  }
}

describe('the turn at a session', () => {
  let db: TestDatabase<PrismaClient>;
  let database: SessionDatabase;
  let sessionId: string;
  beforeAll(async () => {
    db = (await testDatabase('session')) as TestDatabase<PrismaClient>;
    database = new SessionDatabase(db.url);
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await db[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    const clock = new Clock();
    const outbox = new SessionOutbox({
      client: database.client,
      publish: async () => {},
      clock,
      holder: 'spec',
    });
    const parameters = sessionParameters.parse({ model: 'tiny' });
    const store = new SessionStore(database, outbox, clock);
    const made = await store.create({
      owner: 'key',
      modelDigest: 'a'.repeat(64),
      sharedFor: null,
      parameters,
    });
    sessionId = made!.id;
  });
  const replica = (offsetMs = 0): TurnStore => new TurnStore(database, new MovedClock(offsetMs));

  it('is one replica’s at a time, and the next one’s when it has ended', async () => {
    const replicas = Array.from({ length: 4 }, () => replica());
    const taken = await Promise.all(replicas.map((one) => one.take(sessionId)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const holder = replicas[taken.indexOf(true)]!;
    const other = replicas[taken.indexOf(false)]!;
    await other.end(sessionId);
    expect(await other.take(sessionId)).toBe(false);
    expect(await holder.take(sessionId)).toBe(true);
    await holder.end(sessionId);
    expect(await other.take(sessionId)).toBe(true);
  });

  it('of a replica that died passes on', async () => {
    expect(await replica().take(sessionId)).toBe(true);
    expect(await replica(9_000).take(sessionId)).toBe(false);
    expect(await replica(11_000).take(sessionId)).toBe(true);
  });
});
