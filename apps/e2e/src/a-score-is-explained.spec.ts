import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, newKey, question } from './client.fixture.js';
import { ganglion } from './command.fixture.js';
import { untilServing } from './nodes.fixture.js';
import { openReady } from './sessions.fixture.js';

const REBUILD = fileURLToPath(new URL('../../reputation/dist/rebuild.command.js', import.meta.url));
const TASKS = 3;

describe("a node's score", () => {
  let network: NetworkAddress;
  let client: Ganglion;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    client = clientOf(network, (await newKey(network, 'of scores')).apiKey);
    await untilServing(network, 3);
  });

  it('rises with its level by the work it does, and every term of it is told', async () => {
    await using session = await openReady(client, { minNodes: 1, maxNodes: 1 });
    const { sessionId, nodes } = session;
    const nodeId = nodes[0]!;
    const asked = question(JAPAN, { max_tokens: 8, ganglion: { sessionId } });
    for (let n = 0; n < TASKS; n++) await client.chat(asked);
    await eventually(async () => {
      expect(await client.sessions.statistics(sessionId)).toMatchObject({ accepted: TASKS, rejected: 0 });
    });
    const view = await client.reputation.get(nodeId);
    expect(view.level).toBeGreaterThanOrEqual(2);
    expect(view.score).toBeGreaterThan(0.2);
    // The oracle times each node in its tests.
    expect(view.timed?.answers).toBeGreaterThan(0);
    expect(view.axes?.fast).toBeGreaterThan(0);

    const { items } = await client.reputation.history(nodeId);
    expect(items.at(-1)).toMatchObject({
      number: 1,
      from: 0,
      to: 1,
      reason: { code: 'consecutive_successes' },
    });
    const { series } = await client.reputation.series(nodeId, 'commit');
    expect(series[0]?.succeeded.length).toBeGreaterThanOrEqual(TASKS);

    const told = await client.reputation.explain(nodeId);
    const [correct, available, fast] = told.axes.map(({ value }) => value) as [number, number, number];
    expect(correct * available * (1 - 0.1 + 0.1 * fast)).toBe(told.score);
    const { code, out } = await ganglion(['reputation', nodeId, '--explain'], {
      GANGLION_URL: network.url,
      GANGLION_API_KEY: network.apiKey,
    });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/right +correctness/) });
  });

  it('is what a recount of the heard events gives, while the network goes on', async () => {
    const secrets = await mkdtemp(join(tmpdir(), 'recount-'));
    const env = { DATABASE_URL: await network.databaseUrl('reputation'), SECRETS_DIR: secrets };
    const { stdout } = await promisify(execFile)(process.execPath, [REBUILD, '--check'], { env });
    expect(stdout).toMatch(/^0 of \d+ nodes differ\n$/);
    await rm(secrets, { recursive: true });
  });
});
