import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from './health.js';
import type { Metrics } from './metrics.js';

/** `/healthz` (the process lives), `/readyz` (it can serve), `/metrics` (Prometheus) of a service without HTTP of its own. */
export const serveHealth = async (
  health: Health,
  metrics: Metrics,
  at: { host: string; port: number },
): Promise<{ port: number; close: () => Promise<void> }> => {
  const server: Server = createServer((request, response) => {
    void answer(request.url ?? '/', response).catch(() => response.writeHead(500).end());
  });

  const answer = async (url: string, response: ServerResponse): Promise<void> => {
    if (url === '/healthz') return json(response, 200, { ok: true });
    if (url === '/readyz') {
      const report = await health.report();
      return json(response, report.ready ? 200 : 503, report);
    }
    if (url === '/metrics') {
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text());
      return;
    }
    json(response, 404, { error: 'not found; try /healthz, /readyz or /metrics' });
  };

  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(at.port, at.host, resolve),
  );
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
};

const json = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
