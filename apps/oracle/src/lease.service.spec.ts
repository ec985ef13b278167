import { leaseBucket } from '@ganglion/contracts';
import { Health, Metrics } from '@ganglion/runtime';
import { Kvm } from '@nats-io/kv';
import { Broker, MovedClock } from './broker.fixture.js';
import { LEASE_MS, RENEW_EVERY_MS } from './lease.js';
import { LeaseService } from './lease.service.js';

describe('the lease among oracles', () => {
  let broker: Broker;
  let clock: MovedClock;
  beforeAll(async () => {
    broker = await Broker.start();
  });
  beforeEach(async () => {
    clock = new MovedClock();
    await broker.renewBucket();
  });
  afterEach(() => broker.closeConnections());
  afterAll(() => broker[Symbol.asyncDispose]());

  const oracle = async (health = new Health()): Promise<LeaseService> =>
    new LeaseService(await broker.connect('oracle'), clock, health, new Metrics('oracle'));

  it('makes exactly one of many the leader', async () => {
    const oracles = await Promise.all(Array.from({ length: 5 }, () => oracle()));
    await Promise.all(oracles.map((one) => one.turn()));
    expect(oracles.filter(({ epoch }) => epoch !== null)).toHaveLength(1);
  });

  it('stays with a leader that renews', async () => {
    const [leader, standby] = [await oracle(), await oracle()];
    await leader.turn();
    const { epoch } = leader;
    for (let seconds = 0; seconds < 10; seconds++) {
      clock.move(RENEW_EVERY_MS);
      await leader.turn();
      await standby.turn();
    }
    expect(leader.epoch).toBe(epoch);
    expect(standby.epoch).toBeNull();
  });

  it('passes to another when the leader falls silent, with a higher epoch', async () => {
    const [leader, standby] = [await oracle(), await oracle()];
    await leader.turn();
    const before = leader.epoch!;
    clock.move(LEASE_MS - 1);
    await standby.turn();
    expect(standby.epoch).toBeNull();
    clock.move(1);
    expect(leader.epoch).toBeNull();
    await standby.turn();
    expect(standby.epoch).toBeGreaterThan(before);
    await leader.turn();
    expect(leader.epoch).toBeNull();
    await leader.turn();
    expect(leader.epoch).toBeNull();
  });

  it('passes to another at once when the leader resigns', async () => {
    const [leader, standby] = [await oracle(), await oracle()];
    await leader.turn();
    await leader.resign();
    await standby.turn();
    expect(standby.epoch).not.toBeNull();
    expect(leader.epoch).toBeNull();
  });

  it('is kept when the answer to a renewal was lost', async () => {
    const leader = await oracle();
    await leader.turn();
    const { epoch } = leader;
    const kv = await new Kvm((await broker.connect('other')).nats).open(leaseBucket);
    await kv.put('leader', JSON.stringify({ oracleId: leader.oracleId, until: clock.ms() + LEASE_MS }));
    clock.move(RENEW_EVERY_MS);
    await leader.turn();
    expect(leader.epoch).toBe(epoch);
    clock.move(RENEW_EVERY_MS);
    await leader.turn();
    expect(leader.epoch).toBe(epoch);
  });

  it('leads above every epoch that was refused, even after the bucket was lost', async () => {
    const one = await oracle();
    await one.turn();
    expect(one.epoch).toBe(1);
    await one.resign(90);
    await one.turn();
    expect(one.epoch).toBe(91);
  });

  it('takes over what is no lease', async () => {
    const kv = await new Kvm((await broker.connect('other')).nats).open(leaseBucket);
    await kv.put('leader', 'garbage');
    const one = await oracle();
    await one.turn();
    expect(one.epoch).not.toBeNull();
  });

  it('is not ready, and does not lead, while the broker has no bucket', async () => {
    const health = new Health();
    const one = await oracle(health);
    const kv = await new Kvm((await broker.connect('other')).nats).open(leaseBucket);
    await kv.destroy();
    await one.turn();
    expect(one.epoch).toBeNull();
    expect(await health.report()).toMatchObject({ ready: false });
    await broker.renewBucket();
    await one.turn();
    expect(await health.report()).toMatchObject({ ready: true });
    expect(one.epoch).not.toBeNull();
  });
});
