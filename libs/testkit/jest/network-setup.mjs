import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testkit } from './testkit.mjs';

/** One network for all specs that only use it; those that break something start their own. */
export default async () => {
  if (process.env.GANGLION_TEST_NETWORK) return;
  const { Network } = await testkit();
  const network = await Network.start({
    miners: 3,
    logLevel: 'info',
    env: { router: { LOGINS_PER_MINUTE: '600' } },
  });
  const folder = await mkdtemp(join(tmpdir(), 'ganglion-test-network-'));
  const file = join(folder, 'network.json');
  await writeFile(file, JSON.stringify(network), { mode: 0o600 });
  process.env.GANGLION_TEST_NETWORK = file;
  globalThis.ganglionTestNetwork = { network, folder };
};
