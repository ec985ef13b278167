import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { JoinTokenView } from '@ganglion/contracts';
import { type NetworkAddress, TestMiner, type TestMinerOptions } from '@ganglion/testkit';
import { untilNode } from './nodes.fixture.js';

export interface NewToken {
  owner?: string;
  name?: string;
  maxNodes?: number;
  ttlSeconds?: number;
}

/** A join token, made by the network's first key. */
export const newJoinToken = (
  network: NetworkAddress,
  token: NewToken = {},
): Promise<JoinTokenView & { token: string }> =>
  network.ask('/v1/join-tokens', { method: 'POST', body: JSON.stringify(token) });

export type OwnMiner = TestMiner & AsyncDisposable;

/** A miner that serves the sessions of one key alone, tested. */
export const ownMiner = async (
  network: NetworkAddress,
  owner: string,
  options: TestMinerOptions = {},
): Promise<OwnMiner> => {
  const { token } = await newJoinToken(network, { owner, maxNodes: 1 });
  const name = `miner-of-one-key-${randomUUID().slice(0, 8)}`;
  const miner = await TestMiner.create(name, network, {
    ...options,
    token,
    logLevel: 'info',
    clockFile: join(network.dataDir, 'clock.json'),
  });
  await miner.run();
  await untilNode(network, miner.nodeId, 'EPHEMERAL');
  return Object.assign(miner, { [Symbol.asyncDispose]: () => miner.stop() });
};
