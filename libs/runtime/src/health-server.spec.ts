import { Health } from './health.js';
import { serveHealth } from './health-server.js';
import { Metrics } from './metrics.js';

describe('the health server', () => {
  const health = new Health();
  const metrics = new Metrics('spec');
  let port = 0;
  let close: () => Promise<void>;
  let isUp = true;
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);

  beforeAll(async () => {
    health.require('part', () => {
      if (!isUp) throw new Error('gone');
      return true;
    });
    metrics.counter('ganglion_spec_total', 'A counter').inc();
    ({ port, close } = await serveHealth(health, metrics, { host: '127.0.0.1', port: 0 }));
  });
  afterAll(() => close());

  it('is ready while every part is, and says which one is not', async () => {
    expect(await (await get('/readyz')).json()).toEqual({ ready: true, checks: { part: true } });
    isUp = false;
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ready: false, checks: { part: false } });
    expect((await get('/healthz')).status).toBe(200);
    isUp = true;
  });

  it('shows the metrics, with the service as a label', async () => {
    expect(await (await get('/metrics')).text()).toContain('ganglion_spec_total{service="spec"} 1');
  });

  it('says where else to look', async () => {
    expect((await get('/nothing')).status).toBe(404);
  });
});
