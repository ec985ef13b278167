import { moduleNames, modulePermissions, sessionQueue, streams } from '@ganglion/contracts';
import { eventually } from '@ganglion/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type Account, decode, encodeAccount, encodeUser } from '@nats-io/jwt';
import { createAccount, createUser, fromPublic } from '@nats-io/nkeys';
import { jwtAuthenticator } from '@nats-io/transport-node';
import { ProvisionedBroker, refusedOf, watchRefusals } from './broker.fixture.js';

describe('who may say and hear what', () => {
  let broker: ProvisionedBroker;
  beforeAll(async () => {
    broker = await ProvisionedBroker.start();
  }, 60_000);
  afterEach(() => broker.closeConnections());
  afterAll(() => broker[Symbol.asyncDispose]());

  it('lets a miner publish and hear its own subjects', async () => {
    const { nats, id } = await broker.asMiner();
    const publish = [`node.${id}.node-pool.heartbeat`, `node.${id}.session-queue.commit`, `tok.${id}.task`];
    const subscribe = [`job.${id}.infer`, `job.${id}.>`, `_INBOX.${id}.one`];
    expect(await refusedOf(nats, { publish, subscribe })).toEqual([]);
  });

  it("keeps a miner from every other subject, another miner's included", async () => {
    const { nats, id } = await broker.asMiner();
    const other = createUser().getPublicKey();
    const publish = [
      // The stream would keep it, and nobody who counts frames would see it.
      `tok.${id}.task.more`,
      `node.${other}.node-pool.heartbeat`,
      `tok.${other}.task`,
      'tok.queue.task',
      `job.${other}.cancel`,
      'req.session.submit',
      'evt.session-queue.task-finalised',
      'dead.session.x',
      '$JS.API.STREAM.PURGE.EVENTS',
      '$JS.API.STREAM.INFO.EVENTS',
      '$KV.oracle-lease.leader',
      '_INBOX.session.x',
      `_INBOX.${other}.x`,
      '$SYS.REQ.CLAIMS.UPDATE',
      'roll-call',
      'spent.router',
      '_INBOX.router.x',
    ];
    const subscribe = [
      '>',
      'tok.>',
      'job.*.infer',
      `job.${other}.>`,
      '_INBOX.>',
      `_INBOX.${other}.>`,
      'evt.>',
      'req.>',
      'roll-call',
      'spent.router',
    ];
    expect(await refusedOf(nats, { publish, subscribe })).toEqual([...publish, ...subscribe]);
  });

  it('lets a miner answer a job once, where the asker listens', async () => {
    const { nats, id } = await broker.asMiner();
    const refused = watchRefusals(nats);
    nats.subscribe(`job.${id}.probe`, {
      callback: (_error, msg) => {
        msg.respond('first');
        msg.respond('second');
      },
    });
    await nats.flush();
    const oracle = await broker.asModule('oracle');
    const answers: string[] = [];
    oracle.subscribe('_INBOX.oracle.probe', { callback: (_error, msg) => void answers.push(msg.string()) });
    oracle.publish(`job.${id}.probe`, '', { reply: '_INBOX.oracle.probe' });
    await eventually(() => refused.includes('publish _INBOX.oracle.probe'));
    await oracle.flush();
    expect(answers).toEqual(['first']);
  });

  it("accepts no credential of the miners' key that carries rights of its own", async () => {
    const user = createUser();
    const jwt = await broker.minerJwt(user, { pub: { allow: ['>'] }, sub: { allow: ['>'] } });
    const authenticator = jwtAuthenticator(jwt, user.getSeed());
    await expect(broker.connect({ authenticator })).rejects.toThrow(/authori[sz]ation/i);
  });

  it('accepts no credential that a stranger has signed', async () => {
    const user = createUser();
    const account = fromPublic(await broker.secret('node-pool', 'account.public'));
    const jwt = await encodeUser('forged', user, account, {}, { signer: createAccount(), scopedUser: true });
    const authenticator = jwtAuthenticator(jwt, user.getSeed());
    await expect(broker.connect({ authenticator })).rejects.toThrow(/authori[sz]ation/i);
  });

  it('cuts a revoked miner off, and does not let it in after a restart of the server', async () => {
    const { nats, id, user } = await broker.asMiner();
    // Revoked is what was issued until the revocation.
    const credential = await broker.minerJwt(user);
    const claims = decode<Account>(await broker.secret('node-pool', 'account.jwt'));
    const revocations = { [id]: Math.floor(Date.now() / 1_000) };
    const signer = await broker.seed('node-pool', 'operator-signing.seed');
    const account = fromPublic(claims.sub);
    const revoked = await encodeAccount(claims.name, account, { ...claims.nats, revocations }, { signer });
    const system = await broker.asModule('node-pool', 'system.creds');
    const reply = await system.request('$SYS.REQ.CLAIMS.UPDATE', revoked, { timeout: 5_000 });
    expect(reply.json<{ data?: { code: number } }>().data?.code).toBe(200);
    expect(await nats.closed()).toBeDefined();

    await broker.closeConnections();
    await broker.server.stop();
    await broker.server.run();
    const authenticator = jwtAuthenticator(credential, user.getSeed());
    await expect(broker.connect({ authenticator })).rejects.toThrow(/authori[sz]ation|revoked/i);
    await expect(broker.asMiner()).resolves.toBeDefined();
  }, 30_000);

  it('tells node-pool at once when a miner goes away, and nothing else of the system', async () => {
    const system = await broker.asModule('node-pool', 'system.creds');
    const account = await broker.secret('node-pool', 'account.public');
    const gone: string[] = [];
    system.subscribe(`$SYS.ACCOUNT.${account}.DISCONNECT`, {
      callback: (_error, msg) => void gone.push(msg.json<{ client: { user: string } }>().client.user),
    });
    await system.flush();
    const { nats, id } = await broker.asMiner();
    await nats.close();
    await eventually(() => gone.includes(id));
    expect(await refusedOf(system, { subscribe: ['$SYS.>'] })).toEqual(['$SYS.>']);
  });

  it.each(moduleNames)(
    'keeps %s from streams, from answering elsewhere and from what it does not say',
    async (module) => {
      const node = createUser().getPublicKey();
      const publish = [
        '$JS.API.STREAM.DELETE.EVENTS',
        '$JS.API.STREAM.PURGE.EVENTS',
        '$JS.API.STREAM.UPDATE.EVENTS',
        '$JS.API.STREAM.CREATE.MINE',
        '$JS.API.STREAM.MSG.DELETE.EVENTS',
        '$JS.API.STREAM.PURGE.TOKENS',
        '$JS.API.STREAM.DELETE.KV_oracle-lease',
        '$JS.API.CONSUMER.DELETE.EVENTS.session-evt-session-queue-task-finalised',
        '$SYS.REQ.CLAIMS.UPDATE',
        `job.${node}.shutdown`,
        `tok.${node}.task`,
        `node.${node}.session-queue.precommit`,
        'elsewhere',
        ...moduleNames.filter((other) => other !== module).map((other) => `evt.${other}.anything`),
      ];
      const subscribe = [
        '>',
        'evt.>',
        '_INBOX.>',
        'req.>',
        ...(module === 'session' ? [] : ['req.session.submit']),
      ];
      const nats = await broker.asModule(module);
      expect(await refusedOf(nats, { publish, subscribe })).toEqual([...publish, ...subscribe]);
    },
  );

  it.each(moduleNames)('gives %s what its messages need', async (module) => {
    const { publish, subscribe } = modulePermissions(module);
    const concrete = (subject: string): string => subject.replaceAll('*', 'any').replace(/>$/, 'any');
    const nats = await broker.asModule(module);
    expect(await refusedOf(nats, { publish: publish.map(concrete), subscribe })).toEqual([]);
  });

  it('lets no miner make a service answer on a subject of its choice', async () => {
    const queue = await broker.asModule('session-queue');
    queue.subscribe(sessionQueue.precommit.subject, { callback: (_error, msg) => void msg.respond('{}') });
    await jetstream(queue).publish(sessionQueue.starved.subject, '{}');
    const manager = await jetstreamManager(await broker.asModule('provision'));
    const { messages } = (await manager.streams.info(streams.events.name)).state;
    expect(messages).toBeGreaterThan(0);

    const attacker = await broker.asMiner();
    const refused = watchRefusals(queue);
    const replies = ['$JS.API.STREAM.PURGE.EVENTS', 'req.session.close', `tok.${attacker.id}.task`];
    for (const reply of replies)
      attacker.nats.publish(`node.${attacker.id}.session-queue.precommit`, '{}', { reply });
    await eventually(() => refused.length === replies.length);
    expect(refused).toEqual(replies.map((reply) => `publish ${reply}`));
    expect((await manager.streams.info(streams.events.name)).state.messages).toBe(messages);
  });

  it('sends no acknowledgement of a frame to the reply-to its miner named', async () => {
    const attacker = await broker.asMiner();
    const router = await broker.asModule('router');
    const heard: string[] = [];
    router.subscribe('_INBOX.router.>', { callback: (_error, msg) => void heard.push(msg.string()) });
    await router.flush();
    attacker.nats.publish(`tok.${attacker.id}.task`, '{}', { reply: '_INBOX.router.ack' });
    const manager = await jetstreamManager(await broker.asModule('provision'));
    await eventually(async () => (await manager.streams.info(streams.tokens.name)).state.messages > 0);
    await router.flush();
    expect(heard).toEqual([]);
  });
});
