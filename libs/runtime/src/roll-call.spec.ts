import { rollCall } from '@ganglion/contracts';
import { Clock } from './clock.js';
import { Health } from './health.js';
import { presentAs } from './roll-call.js';

const storage = { outbox: { waiting: 1, oldestMs: 20 }, databaseBytes: 4_096 };

describe('the answer to a roll call', () => {
  const clock = new Clock();

  it('tells what this process is, what it checks and what it keeps', async () => {
    const health = new Health();
    health.require('broker', () => true);
    health.require('database', () => Promise.reject(new Error('away')));
    health.measure(async () => storage);
    const answer = rollCall.output.parse(await presentAs('session', { health, clock }));
    expect(answer).toMatchObject({ module: 'session', checks: { broker: true, database: false }, storage });
    expect(answer.name).toContain(`/${process.pid}`);
    expect(answer.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(answer.residentBytes).toBeGreaterThan(1_000_000);
    expect(Date.parse(answer.startedAt)).toBeLessThanOrEqual(Date.now());
  });

  it('does not wait for a server that is away', async () => {
    const health = new Health();
    health.require('database', () => new Promise(() => {}));
    health.measure(() => new Promise(() => {}));
    const answer = await presentAs('session', { health, clock });
    expect(answer).toMatchObject({ checks: { database: false }, storage: null });
  });

  it('has nothing of tables where there are none', async () => {
    expect((await presentAs('router', { health: new Health(), clock })).storage).toBeNull();
  });
});
