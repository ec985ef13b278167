import 'reflect-metadata';
import { Metrics, serveHttp } from '@ganglion/runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { ClosingService } from './closing.service.js';
import { serveDashboard } from './dashboard.config.js';
import { guardEdge, makeAdapter } from './http.config.js';
import { readRouterConfig } from './router.config.js';
import { RouterModule } from './router.module.js';

const { DASHBOARD_DIR, HOST, PORT, TRUST_PROXY } = readRouterConfig();

await serveHttp<NestFastifyApplication>('router', RouterModule, {
  adapter: makeAdapter({ trustProxy: TRUST_PROXY }),
  at: { host: HOST, port: PORT },
  configure: (app) => {
    app.useWebSocketAdapter(new IoAdapter(app));
    const fastify = app.getHttpAdapter().getInstance();
    guardEdge(fastify, { metrics: app.get(Metrics), closing: app.get(ClosingService) });
    serveDashboard(fastify, { directory: DASHBOARD_DIR });
  },
});
