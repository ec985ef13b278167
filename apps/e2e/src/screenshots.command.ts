import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeView, RoundView } from '@ganglion/contracts';
import { Ganglion } from '@ganglion/sdk';
import { eventually, Network } from '@ganglion/testkit';
import { Operator } from './browser.fixture.js';

/** `npm run screenshots`: starts a network, lets it work for a while, and puts pictures of every page into docs/screenshots. */

const folder = fileURLToPath(new URL('../../../docs/screenshots', import.meta.url));

const looks = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  narrow: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
} as const;

const questions = [
  'What is the capital of Japan?',
  'What is the capital of France?',
  'What is the capital of Italy?',
  'Tell me a story.',
];

/** Something of everything: answers, several miners for one, a cancelled and a failed task, nodes put away and drained. */
const work = async (network: Network): Promise<void> => {
  const client = new Ganglion({ url: network.url, apiKey: network.apiKey });
  const [liar] = await network.addTestMiners(1, { faults: ['other-answer'] });
  const mortal = await network.addTestMiner({ tokenMs: 200 });
  const leaving = await network.addMiner();
  await network.untilServing(5);
  await client.sessions.open({ model: 'tiny', minNodes: 2, maxNodes: 2, name: 'reports' });
  const ask = (index: number, redundancy = 1) =>
    client.chat({
      model: 'tiny',
      messages: [{ role: 'user', content: questions[index % questions.length]! }],
      max_tokens: 24,
      ganglion: { redundancy },
    });
  for (let batch = 0; batch < 20; batch++) {
    await Promise.all([0, 1, 2].map((index) => ask(batch + index).catch(() => undefined)));
    if (batch === 8) await ask(0, 2).catch(() => undefined);
    if (batch === 12) await mortal.kill();
  }
  const { items } = await network.ask<{ items: NodeView[] }>('/v1/nodes?limit=200');
  const free = items.find(({ state }) => state === 'EPHEMERAL');
  if (free) await client.admin.act(free.nodeId, 'drain', 'its machine is to be updated');
  await eventually(async () => (await client.node(liar!.nodeId)).state === 'QUARANTINED');
  await network.stopMiner(leaving);
};

/** Each page that has an address, by the name of its picture. */
const pagesOf = async (network: Network): Promise<Record<string, string>> => {
  const client = new Ganglion({ url: network.url, apiKey: network.apiKey });
  const { items: nodes } = await network.ask<{ items: NodeView[] }>('/v1/nodes?limit=200');
  const { items: rounds } = await network.ask<{ items: RoundView[] }>('/v1/rounds?limit=50');
  const { items: tasks } = await client.tasks.list({ all: true, limit: 100 });
  const node = nodes.toSorted((a, b) => (b.level ?? 0) - (a.level ?? 0))[0]!;
  const round = rounds.find(({ verdicts }) => verdicts.length > 1) ?? rounds[0]!;
  const task = tasks.find(({ redundancy }) => redundancy > 1) ?? tasks[0]!;
  return {
    overview: '/',
    nodes: '/nodes',
    node: `/nodes/${node.nodeId}`,
    tasks: '/tasks',
    task: `/tasks/${task.taskId}`,
    sessions: '/sessions',
    session: `/sessions/${task.sessionId}`,
    cognitive: '/cognitive',
    round: `/cognitive/rounds/${round.roundId}`,
    keys: '/keys',
    events: '/events',
    health: '/health',
  };
};

const settled = async ({ page }: Operator): Promise<void> => {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('status', { name: 'live' }).waitFor();
  await eventually(async () => (await page.getByLabel(/^reading /).count()) === 0);
  // Plots are drawn with a short movement.
  await page.waitForTimeout(1_500);
};

const shoot = async (network: Network, look: keyof typeof looks): Promise<void> => {
  await using operator = await Operator.open(network, looks[look]);
  const { page } = operator;
  const picture = (name: string) =>
    page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
  await operator.go('/login');
  await page.getByLabel('Admin key').waitFor();
  await picture('login');
  await operator.signIn();
  for (const [name, path] of Object.entries(await pagesOf(network))) {
    await operator.go(path);
    await settled(operator);
    await picture(name);
  }
  await operator.go('/playground');
  await page.getByLabel('Message').fill(questions[0]!);
  await page.getByRole('button', { name: 'Send' }).click();
  await page
    .locator('[data-testid=course][data-state=FINALISED]')
    .waitFor()
    .catch(async (error: unknown) => {
      throw new Error(`no answer; the page says:\n${await page.locator('main').innerText()}`, {
        cause: error,
      });
    });
  await settled(operator);
  await picture('playground');
};

await mkdir(folder, { recursive: true });
for (const name of await readdir(folder)) if (name.endsWith('.png')) await rm(join(folder, name));
await using network = await Network.start({ miners: 3, replicas: 2, logLevel: 'warn' });
await work(network);
for (const look of Object.keys(looks) as (keyof typeof looks)[]) {
  process.stdout.write(`${look}\n`);
  await shoot(network, look);
}
process.stdout.write(`${(await readdir(folder)).length} pictures in docs/screenshots\n`);
