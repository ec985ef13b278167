export { Clock, type Repeating } from './clock.js';
export { databaseUrl, readBaseConfig, readBrokerConfig, readConfig, secret } from './config.js';
export { Health } from './health.js';
export { Metrics } from './metrics.js';
export { outlast } from './outage.js';
export { type Runtime, RuntimeModule } from './runtime.module.js';
export { serve, serveHttp, serveStandalone, type StandaloneOptions } from './serve.js';
export { Sweeping } from './sweeping.js';
