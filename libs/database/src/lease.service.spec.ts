import { jest } from '@jest/globals';
import type { PrismaClient } from './generated/trial/client.js';
import { Lease } from './lease.js';
import { Trial } from './trial.fixture.js';

jest.setTimeout(60_000);

describe('a lease on a real server', () => {
  let trial: Trial;
  let client: PrismaClient;
  let now = new Date('2026-01-02T03:04:05Z').getTime();
  const clock = { now: () => new Date(now) };
  const leaseOf = (holder: string): Lease =>
    new Lease({ client, name: 'thing', holder, forMs: 1_000, clock });

  beforeAll(async () => {
    trial = await Trial.start();
    client = trial.open();
  });
  beforeEach(() => client.lease.deleteMany());
  afterAll(() => trial[Symbol.asyncDispose]());

  it('is taken by exactly one of those who ask at the same time', async () => {
    const leases = ['a', 'b', 'c', 'd'].map(leaseOf);
    const held = await Promise.all(leases.map((lease) => lease.hold()));
    expect(held.filter(Boolean)).toHaveLength(1);
    expect(leases.map(({ isHeld }) => isHeld)).toEqual(held);
  });

  it('is kept by renewal, and lost by its holder when it ends', async () => {
    const [a, b] = [leaseOf('a'), leaseOf('b')];
    expect(await a.hold()).toBe(true);
    now += 900;
    expect(await a.hold()).toBe(true);
    now += 900;
    expect(await b.hold()).toBe(false);
    expect(a.isHeld).toBe(true);
    now += 101;
    expect(a.isHeld).toBe(false);
    expect(await b.hold()).toBe(true);
    expect(await a.hold()).toBe(false);
  });

  it('is free once it was given back, and not given back by others', async () => {
    const [a, b] = [leaseOf('a'), leaseOf('b')];
    await a.hold();
    await b.release();
    expect(await b.hold()).toBe(false);
    await a.release();
    expect(a.isHeld).toBe(false);
    expect(await b.hold()).toBe(true);
  });
});
