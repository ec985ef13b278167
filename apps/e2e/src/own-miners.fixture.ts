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

/** Miners in one process that serve the sessions of one key alone, tested. */
export const ownMiners = async (
  network: NetworkAddress,
  owner: string,
  { count, ...options }: TestMinerOptions & { count: number },
): Promise<TestMiner[]> => {
  const { token } = await newJoinToken(network, { owner, maxNodes: count });
  const miners = await TestMiner.createAll(count, network, {
    ...options,
    name: `miner-of-one-key-${randomUUID().slice(0, 8)}`,
    token,
    logLevel: 'info',
    clockFile: join(network.dataDir, 'clock.json'),
  });
  await miners[0]!.run();
  await Promise.all(miners.map(({ nodeId }) => untilNode(network, nodeId, 'EPHEMERAL', 'RESERVED')));
  return miners;
};

/** The same, of one. */
export const ownMiner = async (
  network: NetworkAddress,
  owner: string,
  options: TestMinerOptions = {},
): Promise<OwnMiner> => {
  const [miner] = await ownMiners(network, owner, { ...options, count: 1 });
  return Object.assign(miner!, { [Symbol.asyncDispose]: () => miner!.stop() });
};
