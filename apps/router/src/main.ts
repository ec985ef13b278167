import 'reflect-metadata';
import { Metrics, serveHttp } from '@ganglion/runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { guardEdge, makeAdapter } from './http.config.js';
import { readRouterConfig } from './router.config.js';
import { RouterModule } from './router.module.js';

const { HOST, PORT, TRUST_PROXY } = readRouterConfig();

await serveHttp<NestFastifyApplication>('router', RouterModule, {
  adapter: makeAdapter({ trustProxy: TRUST_PROXY }),
  at: { host: HOST, port: PORT },
  configure: (app) => {
    app.useWebSocketAdapter(new IoAdapter(app));
    guardEdge(app.getHttpAdapter().getInstance(), app.get(Metrics));
  },
});
