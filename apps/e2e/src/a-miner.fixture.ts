import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { NodeView } from '@ganglion/contracts';
import { eventually, miner, type MinerOptions, type NetworkAddress, type Program } from '@ganglion/testkit';
import { nodesOf } from './nodes.fixture.js';

/** One more miner for a running network, with a key of its own; not yet started. */
export const newMiner = async (
  network: NetworkAddress,
  options: MinerOptions = {},
): Promise<Program & AsyncDisposable> => {
  const clockFile = join(network.dataDir, 'clock.json');
  const name = `miner-of-a-spec-${randomUUID().slice(0, 8)}`;
  const program = await miner(name, network, { ...options, logLevel: 'info', clockFile });
  return Object.assign(program, { [Symbol.asyncDispose]: () => program.stop() });
};

/** Waits until a node is registered that was not among the known ones. */
export const untilNewNode = (network: NetworkAddress, known: readonly NodeView[]): Promise<NodeView> => {
  const ids = new Set(known.map(({ nodeId }) => nodeId));
  return eventually(async () => {
    const found = (await nodesOf(network)).find(({ nodeId }) => !ids.has(nodeId));
    if (!found) throw new Error('no new node has joined');
    return found;
  });
};
