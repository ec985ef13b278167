import {
  cognitive,
  Fault,
  type InputOf,
  type PayloadOf,
  reputation,
  streams,
  type Verdict,
} from '@ganglion/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { createUser } from '@nats-io/nkeys';
import { Controller, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { eventually, type TestBroker, testBroker } from '@ganglion/testkit';
import { randomUUID } from 'node:crypto';
import {
  Bus,
  connectBus,
  FaultFilter,
  Handles,
  type MessageContext,
  NatsStrategy,
  On,
  parseCredentials,
} from './index.js';

const nodeId = createUser().getPublicKey();
const heard: { eventId: string; deliveries: number }[] = [];
const failed: unknown[] = [];
const missed: unknown[] = [];
let hear: (context: MessageContext) => void = () => {};

@Controller()
class Scores {
  @Handles(reputation.get)
  async get({ nodeId: id }: InputOf<typeof reputation.get>): Promise<never> {
    if (id === nodeId) throw new Fault('NOT_FOUND', 'nodeId: nobody', { field: 'nodeId' });
    throw new Error('a secret of the implementation');
  }

  @Handles(reputation.list)
  async list({ limit }: InputOf<typeof reputation.list>): Promise<{ items: []; nextCursor: string }> {
    return { items: [], nextCursor: String(limit) };
  }

  @On(cognitive.verdictGiven)
  async verdictGiven(
    _verdict: PayloadOf<typeof cognitive.verdictGiven>,
    context: MessageContext,
  ): Promise<void> {
    heard.push({ eventId: context.eventId!, deliveries: context.deliveries });
    hear(context);
  }
}

const verdict: Verdict = {
  roundId: randomUUID(),
  nodeId,
  taskId: randomUUID(),
  passed: true,
  reason: { code: 'passed', message: 'passed' },
  phases: { start: true, precommit: true, commit: true, correctness: true },
  measured: { ttftMs: 1, tokensPerSecond: 1, durationMs: 1 },
  at: new Date().toISOString(),
};

const answered: string[] = [];
const settled: string[] = [];

describe('the strategy', () => {
  let broker: TestBroker;
  let router: Bus;
  let cognitiveBus: Bus;
  let app: INestMicroservice;
  let service: Bus;

  const join = async (name: 'router' | 'cognitive' | 'reputation'): Promise<Bus> =>
    connectBus({ servers: broker.url, name, credentials: parseCredentials(await broker.credentials(name)) });

  beforeAll(async () => {
    broker = await testBroker();
    [router, cognitiveBus, service] = await Promise.all([
      join('router'),
      join('cognitive'),
      join('reputation'),
    ]);
    const observer = {
      answered: (_: string, outcome: string) => void answered.push(outcome),
      heard: (_: string, outcome: string) => void settled.push(outcome),
      failed: (_: string, error: unknown) => void failed.push(error),
      missed: (_: string, error: unknown) => void missed.push(error),
    };
    const strategy = new NatsStrategy(service, 'reputation', observer, { pauseMs: () => 5, lastDelivery: 3 });
    class ScoresModule {}
    app = await NestFactory.createMicroservice(
      { module: ScoresModule, controllers: [Scores] },
      { strategy, logger: false },
    );
    app.useGlobalFilters(new FaultFilter());
    await app.listen();
  }, 60_000);

  afterAll(async () => {
    await app?.close();
    await Promise.all([router, cognitiveBus, service].map((bus) => bus?.close()));
    await broker?.[Symbol.asyncDispose]();
  });

  it('answers a request, with defaults filled in', async () => {
    expect(await router.request(reputation.list, {})).toEqual({ items: [], nextCursor: '50' });
  });

  it('names the field of a wrong input', async () => {
    const asked = router.request(reputation.list, { limit: 1_000 });
    await expect(asked).rejects.toMatchObject({ code: 'INVALID', details: { field: 'limit' } });
  });

  it('refuses what is not JSON', async () => {
    const reply = await router.nats.request(reputation.list.subject, '{"limit":', { timeout: 2_000 });
    expect(reply.headers?.get('Fault')).toBe('INVALID');
  });

  it('carries a fault with its details', async () => {
    const asked = router.request(reputation.get, { nodeId });
    await expect(asked).rejects.toEqual(new Fault('NOT_FOUND', 'nodeId: nobody', { field: 'nodeId' }));
  });

  it('answers a bug as INTERNAL, without its text, and reports it', async () => {
    const asked = router.request(reputation.get, { nodeId: createUser().getPublicKey() });
    await expect(asked).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.not.stringContaining('secret'),
    });
    expect(failed).toContainEqual(new Error('a secret of the implementation'));
  });

  it('says UNAVAILABLE at once when nobody answers', async () => {
    await expect(router.request(cognitive.list, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('delivers an event again until it is digested, with the same id', async () => {
    const id = randomUUID();
    hear = ({ deliveries }) => {
      if (deliveries < 3) throw new Fault('CONFLICT', 'not now');
    };
    await cognitiveBus.publishEvent(cognitive.verdictGiven.subject, verdict, id);
    const mine = () => heard.filter(({ eventId }) => eventId === id).map(({ deliveries }) => deliveries);
    await eventually(() => expect(mine()).toEqual([1, 2, 3]));
  });

  it('holds an event while a server is away, without coming nearer to giving it up', async () => {
    const id = randomUUID();
    const mine = () => heard.filter(({ eventId }) => eventId === id).map(({ deliveries }) => deliveries);
    hear = () => {
      if (mine().length < 5) throw new Fault('UNAVAILABLE', 'the server is away');
    };
    await cognitiveBus.publishEvent(cognitive.verdictGiven.subject, verdict, id);
    await eventually(() => expect(mine()).toEqual([1, 1, 1, 1, 1]));
  });

  it.each([
    ['no JSON', '{"nodeId":'],
    ['not of its schema', '{"passed":1}'],
    ['too deep to be written again', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['too large for a letter about it', `{"a":"${String.raw`\u0000`.repeat(100_000)}"}`],
  ])('lays an event aside at its first delivery that is %s', async (_what, data) => {
    const before = settled.filter((outcome) => outcome === 'dead').length;
    await cognitiveBus.nats.request(cognitive.verdictGiven.subject, data, { timeout: 5_000 });
    await eventually(() => expect(settled.filter((outcome) => outcome === 'dead')).toHaveLength(before + 1));
    expect(settled.at(-1)).toBe('dead');
  });

  it('answers below inboxes only, wherever it is asked to answer', async () => {
    const before = answered.length;
    router.nats.publish(reputation.list.subject, '{}', { reply: 'evt.reputation.score-changed' });
    router.nats.publish(reputation.list.subject, '{}');
    await eventually(() => expect(answered.slice(before)).toEqual(['FOREIGN_REPLY', 'FOREIGN_REPLY']));
  });

  it('stores an event that is published twice once', async () => {
    hear = () => {};
    const id = randomUUID();
    await cognitiveBus.publishEvent(cognitive.verdictGiven.subject, verdict, id);
    await cognitiveBus.publishEvent(cognitive.verdictGiven.subject, verdict, id);
    const last = randomUUID();
    await cognitiveBus.publishEvent(cognitive.verdictGiven.subject, verdict, last);
    await eventually(() => expect(heard.map(({ eventId }) => eventId)).toContain(last));
    expect(heard.filter(({ eventId }) => eventId === id)).toHaveLength(1);
  });

  it('puts an event nobody can digest aside', async () => {
    const provision = await connectBus({
      servers: broker.url,
      name: 'provision',
      credentials: parseCredentials(await broker.credentials('provision')),
    });
    const manager = await jetstreamManager(provision.nats, { checkAPI: false });
    const before = (await manager.streams.info(streams.dead.name)).state.messages;
    hear = () => {
      throw new Error('indigestible');
    };
    await cognitiveBus.publishEvent(cognitive.verdictGiven.subject, verdict, randomUUID());
    await eventually(async () => {
      const { state } = await manager.streams.info(streams.dead.name);
      expect(state.messages).toBe(before + 1);
    });
    const kept = await manager.streams.getMessage(streams.dead.name, {
      last_by_subj: 'dead.reputation.evt.cognitive.verdict-given',
    });
    expect(kept?.json()).toMatchObject({ event: verdict, deliveries: 3, error: 'indigestible' });
    await provision.close();
  });

  it('comes back by itself after the broker was restarted', async () => {
    hear = () => {};
    await broker.server.stop();
    await broker.server.run();
    await eventually(
      () => expect(router.isConnected && service.isConnected && cognitiveBus.isConnected).toBe(true),
      { timeoutMs: 10_000 },
    );
    expect(await router.request(reputation.list, {})).toMatchObject({ items: [] });
    const id = randomUUID();
    await eventually(() => cognitiveBus.publishEvent(cognitive.verdictGiven.subject, verdict, id), {
      timeoutMs: 10_000,
    });
    await eventually(() => expect(heard.map(({ eventId }) => eventId)).toContain(id), { timeoutMs: 20_000 });
  }, 60_000);
});
