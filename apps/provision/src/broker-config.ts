import type { BrokerIdentity } from './broker-identity.js';

/** Where the server listens and keeps its files, as the server sees them. */
export interface BrokerPlace {
  host: string;
  port: number;
  websocketPort?: number | undefined;
  monitorPort?: number | undefined;
  storeDir: string;
  resolverDir: string;
}

const quoted = (text: string): string => JSON.stringify(text);

/**
 * The configuration of nats-server. The account resolver is `full` with a directory: with a resolver in memory, a
 * revoked miner would be let in again after a restart. A preloaded JWT does not replace a newer one in the directory.
 */
export const brokerConfig = (identity: BrokerIdentity, place: BrokerPlace): string => {
  const system = identity.systemAccount.getPublicKey();
  const account = identity.account.getPublicKey();
  return [
    'server_name: ganglion',
    `host: ${quoted(place.host)}`,
    `port: ${place.port}`,
    ...(place.monitorPort === undefined ? [] : [`http: ${quoted(`${place.host}:${place.monitorPort}`)}`]),
    ...(place.websocketPort === undefined
      ? []
      : [`websocket { host: ${quoted(place.host)}, port: ${place.websocketPort}, no_tls: true }`]),
    'max_payload: 1MB',
    '# A client signs in plain JavaScript: on a machine under load the usual 2 s are too short.',
    'authorization { timeout: 15 }',
    '# A peer whose host has vanished without closing its connection is given up after two silent intervals.',
    'ping_interval: "10s"',
    'ping_max: 2',
    `jetstream { store_dir: ${quoted(place.storeDir)} }`,
    `operator: ${identity.operatorJwt}`,
    `system_account: ${system}`,
    `resolver { type: full, dir: ${quoted(place.resolverDir)}, allow_delete: false, interval: "2m" }`,
    `resolver_preload: {`,
    `  ${system}: ${identity.systemAccountJwt}`,
    `  ${account}: ${identity.accountJwt}`,
    '}',
    '',
  ].join('\n');
};
