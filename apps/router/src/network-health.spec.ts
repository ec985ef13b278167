import { moduleNames, type RollCallAnswer } from '@ganglion/contracts';
import { servicesOf } from './network-health.js';

const replica = {
  version: '0.1.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  residentBytes: 1,
  checks: { broker: true },
};
const storage = { outbox: { waiting: 2, oldestMs: 30 }, databaseBytes: 4_096 };
const answer = (
  module: RollCallAnswer['module'],
  name: string,
  kept: RollCallAnswer['storage'] = null,
): RollCallAnswer => ({ ...replica, module, name, storage: kept });

describe('the services of the network', () => {
  it('are all shown, those of which nobody answered without replicas', () => {
    const services = servicesOf([answer('oracle', 'a/1')]);
    expect(services.map(({ module }) => module)).toEqual([...moduleNames]);
    expect(services.filter(({ replicas }) => replicas.length > 0)).toEqual([
      { module: 'oracle', replicas: [{ ...replica, name: 'a/1' }], outbox: null, databaseBytes: null },
    ]);
  });

  it('have their replicas by name, and what any of them could measure', () => {
    const session = servicesOf([answer('session', 'b/2'), answer('session', 'a/1', storage)])[1];
    expect(session).toEqual({
      module: 'session',
      replicas: [
        { ...replica, name: 'a/1' },
        { ...replica, name: 'b/2' },
      ],
      ...storage,
    });
  });
});
