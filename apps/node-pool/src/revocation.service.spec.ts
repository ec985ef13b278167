import { createUser } from '@nats-io/nkeys';
import { TestBroker } from './broker.fixture.js';
import { TestPool } from './pool.fixture.js';
import { PresenceService } from './presence.service.js';
import { PresenceStore } from './presence.store.js';
import { RevocationService } from './revocation.service.js';
import type { SystemAccount } from './system-account.service.js';
import { eventually } from '@ganglion/testkit';

const reason = { code: 'flooded', message: 'it sent more than it was asked for' };

describe('what the broker tells and is told', () => {
  let pool: TestPool;
  let broker: TestBroker;
  let system: SystemAccount;
  let presence: PresenceService;
  let revocations: RevocationService;

  beforeAll(async () => {
    [broker, pool] = await Promise.all([TestBroker.start(), TestPool.open()]);
    system = broker.systemAccount();
    const { nodeStore } = pool.services;
    presence = new PresenceService(nodeStore, new PresenceStore(pool.database), system, pool.clock);
    revocations = new RevocationService(nodeStore, broker.credentials, system, pool.clock);
    await presence.onApplicationBootstrap();
  }, 60_000);
  afterAll(async () => {
    await presence.beforeApplicationShutdown();
    await broker[Symbol.asyncDispose]();
    await pool[Symbol.asyncDispose]();
  });

  const stateOf = async (nodeId: string) => (await pool.services.nodes.get(nodeId)).state;

  it('takes a node OFFLINE when its last connection ends, and not before', async () => {
    const key = createUser();
    const nodeId = await pool.tested({ key });
    const first = await broker.connectMiner(key);
    await eventually(() => expect(system.isConnected(nodeId)).toBe(true));
    const second = await broker.connectMiner(key);
    await first.close();
    // Advisories come in order: when that of a third connection is heard, that of the first one's end was.
    const witness = createUser();
    await broker.connectMiner(witness);
    await eventually(() => expect(system.isConnected(witness.getPublicKey())).toBe(true));
    expect(await stateOf(nodeId)).toBe('EPHEMERAL');
    await second.close();
    await eventually(async () => expect(await stateOf(nodeId)).toBe('OFFLINE'));
    expect((await pool.said(nodeId)).at(-1)?.payload).toMatchObject({ reason: { code: 'disconnected' } });
  });

  it('does not take last words for a return, but the next connection’s first ones', async () => {
    const key = createUser();
    const nodeId = await pool.tested({ key });
    const connection = await broker.connectMiner(key);
    await eventually(() => expect(system.isConnected(nodeId)).toBe(true));
    await connection.close();
    await eventually(async () => expect(await stateOf(nodeId)).toBe('OFFLINE'));
    expect(await presence.heartbeat(nodeId)).toBe('OFFLINE');
    await broker.connectMiner(key);
    await eventually(async () => expect(await presence.heartbeat(nodeId)).toBe('TESTING'));
  });

  it('knows the connections that were there before it began to listen', async () => {
    const key = createUser();
    await broker.connectMiner(key);
    const other = broker.systemAccount();
    await other.listen({
      connected: () => {},
      disconnected: () => {},
      reconnected: () => {},
      failed: () => {},
    });
    expect(other.isConnected(key.getPublicKey())).toBe(true);
    await other.close();
  });

  it('has the broker cut a retired node off and refuse its key, and no other', async () => {
    const [outcast, neighbour] = [createUser(), createUser()];
    const nodeId = await pool.tested({ key: outcast });
    const [cut, kept] = [await broker.connectMiner(outcast), await broker.connectMiner(neighbour)];
    // The broker goes by real time, and this clock is ahead of it: so are the revocations.
    expect(await revocations.revoke(nodeId, reason)).toMatchObject({ state: 'RETIRED', reason });
    await cut.closed();
    await expect(broker.connectMiner(outcast)).rejects.toThrow();
    expect(kept.isClosed()).toBe(false);
    await expect(pool.services.credential.renew(nodeId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      pool.request(outcast).then((request) => pool.services.joins.join(request)),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await pool.states(nodeId)).toEqual(['REGISTERED', 'TESTING', 'EPHEMERAL', 'RETIRED']);
  });

  it('keeps earlier revocations when another is added', async () => {
    const [first, second] = [createUser(), createUser()];
    for (const key of [first, second]) await revocations.revoke(await pool.joined({ key }), reason);
    for (const key of [first, second]) await expect(broker.connectMiner(key)).rejects.toThrow();
  });

  it('gives a miner its own subjects and no others', async () => {
    const [key, other] = [createUser(), createUser().getPublicKey()];
    const nats = await broker.connectMiner(key);
    const refused = (subject: string): Promise<boolean> =>
      new Promise((resolve) => {
        const subscription = nats.subscribe(subject, { callback: (error) => void (error && resolve(true)) });
        void nats
          .flush()
          .then(() => nats.flush())
          .then(() => (subscription.unsubscribe(), resolve(false)));
      });
    expect(await refused(`job.${key.getPublicKey()}.infer`)).toBe(false);
    expect(await refused(`job.${other}.infer`)).toBe(true);
    expect(await refused('job.>')).toBe(true);
  });
});
