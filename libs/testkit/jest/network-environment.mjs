import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

const LINES = 40;
const KEPT_LOGS = Symbol.for('ganglion.kept-logs');
const SHARED = Symbol.for('ganglion.shared-network');

const lastLines = (text) => text.trimEnd().split('\n').slice(-LINES).join('\n');

/** The last lines of the shared network's processes. */
const sharedLogs = () => {
  const file = process.env.GANGLION_TEST_NETWORK;
  if (!file) return [];
  const folder = join(JSON.parse(readFileSync(file, 'utf8')).dataDir, 'logs');
  return readdirSync(folder).map((name) => [
    `shared ${basename(name, '.log')}`,
    lastLines(readFileSync(join(folder, name), 'utf8')),
  ]);
};

/** Hands the shared network to the specs. Prints the logs of all processes when a test fails, and is silent otherwise. */
export default class NetworkEnvironment extends TestEnvironment {
  #failures = 0;

  async setup() {
    await super.setup();
    // The set-up ran in this process, unless Jest has given the specs workers.
    this.global[SHARED] = globalThis.ganglionTestNetwork?.network;
  }

  async handleTestEvent(event) {
    if (event.name !== 'test_done' || event.test.errors.length === 0) return;
    this.#failures += 1;
    // The first failure usually explains the next ones.
    if (this.#failures > 1) return;
    const logs = [...(this.global[KEPT_LOGS] ?? []), ...sharedLogs()];
    for (const [name, text] of logs) process.stderr.write(`\n--- ${name} ---\n${text}\n`);
  }
}
