import { isWell, problemsOf, type Service } from './health.js';

const replica = {
  name: 'node-pool-1',
  version: '1',
  startedAt: '2026-11-23T12:00:00.000Z',
  residentBytes: 1,
  checks: { nats: true, postgres: true },
};
const service: Service = {
  module: 'node-pool',
  replicas: [replica],
  outbox: { waiting: 0, oldestMs: null },
  databaseBytes: 1,
};

describe('a part of the network', () => {
  it('is well when every replica’s checks hold and nothing waits', () => {
    expect(isWell(service)).toBe(true);
    expect(isWell({ ...service, outbox: null })).toBe(true);
  });

  it('is not well without a replica', () => {
    expect(problemsOf({ ...service, replicas: [] })[0]).toMatch(/No replica/);
  });

  it('names the replica and the check that fails', () => {
    const bad = { ...replica, checks: { nats: true, postgres: false } };
    expect(problemsOf({ ...service, replicas: [replica, bad] })).toEqual(['node-pool-1: postgres fails']);
  });

  it('is not well when events wait for long', () => {
    expect(isWell({ ...service, outbox: { waiting: 3, oldestMs: 900 } })).toBe(true);
    expect(isWell({ ...service, outbox: { waiting: 3, oldestMs: 9_000 } })).toBe(false);
  });
});
