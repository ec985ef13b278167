import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RoundView } from '@ganglion/contracts';
import { eventually, type NetworkAddress } from '@ganglion/testkit';
import { nodesOf } from './nodes.fixture.js';

const isOver = ({ state }: RoundView): boolean => state === 'ENDED' || state === 'ABORTED';

/** Waits until no node is being tested: a test whose deadline is jumped over would be its node's failure. */
const untilQuiet = (network: NetworkAddress): Promise<void> =>
  eventually(async () => {
    const testing = (await nodesOf(network)).filter(({ state }) => state === 'TESTING');
    const { items } = await network.ask<{ items: RoundView[] }>('/v1/rounds?limit=50');
    const live = items.filter((round) => !isOver(round));
    if (testing.length + live.length > 0)
      throw new Error(`${testing.length} nodes are in their test, ${live.length} rounds live`);
  });

/** The time that all processes of a network see, in epoch ms: it may have been moved. */
export const nowOf = async (network: NetworkAddress): Promise<number> => {
  const text = await readFile(join(network.dataDir, 'clock.json'), 'utf8');
  const { offsetMs, since, scale } = JSON.parse(text) as Record<'offsetMs' | 'since' | 'scale', number>;
  return since + offsetMs + (Date.now() - since) * scale;
};

/** Moves the time of all processes of a network forward, when no health test is under way. */
export const advance = async (network: NetworkAddress, ms: number): Promise<void> => {
  await untilQuiet(network);
  const file = join(network.dataDir, 'clock.json');
  const clock = JSON.parse(await readFile(file, 'utf8')) as { offsetMs: number };
  await writeFile(`${file}.new`, JSON.stringify({ ...clock, offsetMs: clock.offsetMs + ms }));
  await rename(`${file}.new`, file);
};
