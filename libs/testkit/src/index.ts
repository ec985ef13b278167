export { BrokerServer } from './broker-server.js';
export { eventually } from './eventually.js';
export { freePort } from './free-port.js';
export { findNatsServer } from './nats-server.js';
export { Postgres } from './postgres.js';
export { type ClientOf, type TestDatabase, testDatabase } from './test-database.js';
