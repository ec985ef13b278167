import { type ModuleName, type RollCallAnswer, streams } from '@ganglion/contracts';
import { type TestBroker, testBroker } from '@ganglion/testkit';
import { answerRollCall, type Bus, callRoll, connectBus, parseCredentials, readStreams } from './index.js';

describe('what the router sees of the others', () => {
  let broker: TestBroker;
  let router: Bus;
  const open: Bus[] = [];

  const connect = async (module: ModuleName): Promise<Bus> => {
    const credentials = parseCredentials(await broker.credentials(module));
    const bus = await connectBus({ servers: broker.url, name: module, credentials });
    open.push(bus);
    return bus;
  };
  const present = (module: ModuleName, name: string): RollCallAnswer => ({
    module,
    name,
    version: '0.1.0',
    startedAt: '2026-01-01T00:00:00.000Z',
    residentBytes: 1,
    checks: { broker: true },
    storage: null,
  });

  beforeAll(async () => {
    broker = await testBroker();
    router = await connect('router');
    expect(await callRoll(router, 500)).toEqual([]);
    answerRollCall(router, async () => present('router', 'r/1'));
  }, 60_000);
  afterAll(async () => {
    await Promise.all(open.map((bus) => bus.close()));
    await broker[Symbol.asyncDispose]();
  });

  const replica = async (module: ModuleName, name: string): Promise<Bus> => {
    const bus = await connect(module);
    answerRollCall(bus, async () => present(module, name));
    await bus.nats.flush();
    return bus;
  };
  const names = async (): Promise<string[]> => (await callRoll(router, 500)).map(({ name }) => name).sort();

  it('is every replica that answers, also of modules that answer no requests', async () => {
    await Promise.all([replica('session', 's/1'), replica('session', 's/2'), replica('oracle', 'o/1')]);
    expect(await names()).toEqual(['o/1', 'r/1', 's/1', 's/2']);
  });

  it('is the others all the same when one cannot tell, or tells nonsense', async () => {
    const [silent, odd] = [await connect('cognitive'), await connect('reputation')];
    answerRollCall(silent, () => Promise.reject(new Error('a bug')));
    answerRollCall(odd, async () => ({ ...present('reputation', 'odd'), residentBytes: -1 }));
    await Promise.all([silent.nats.flush(), odd.nats.flush()]);
    let malformed = 0;
    router.onMalformed = () => malformed++;
    expect(await names()).toEqual(['o/1', 'r/1', 's/1', 's/2']);
    expect(malformed).toBe(1);
  });

  it('is told below the inbox of the router, and nowhere else', async () => {
    const session = await connect('session');
    const told: string[] = [];
    session.nats.subscribe('_INBOX.session.here', { callback: () => void told.push('told') });
    await session.nats.flush();
    // Whoever could ask (here: by the router's own credential) cannot choose where the answers go.
    router.nats.publish('roll-call', '', { reply: '_INBOX.session.here' });
    await router.nats.flush();
    await names();
    expect(told).toEqual([]);
  });

  it('is what the streams hold, and what their consumers have still to take', async () => {
    const session = await connect('session');
    await session.publishEvent('evt.session.session-changed', { a: 'fact' }, 'event-1');
    await session.publishEvent('evt.session.task-submitted', { another: 'fact' }, 'event-2');
    const told = await readStreams(router);
    expect(told.map(({ name }) => name)).toEqual([
      streams.events.name,
      streams.tokens.name,
      streams.dead.name,
    ]);
    const events = told[0]!;
    expect(events).toMatchObject({ messages: 2 });
    expect(events.bytes).toBeGreaterThan(0);
    expect(events.consumers.length).toBeGreaterThan(10);
    const waiting = events.consumers.find(({ name }) => name.startsWith('session-evt-session-queue'));
    expect(waiting).toMatchObject({ pending: 0, unacknowledged: 0 });
  });

  it('changes no stream', async () => {
    for (const subject of ['$JS.API.STREAM.PURGE.EVENTS', '$JS.API.CONSUMER.DELETE.EVENTS.any'])
      await expect(router.nats.request(subject, '', { timeout: 1_000 })).rejects.toThrow(/permissions/i);
  });
});
