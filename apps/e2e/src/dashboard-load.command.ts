import { parseArgs } from 'node:util';
import { Ganglion } from '@ganglion/sdk';
import { Network } from '@ganglion/testkit';
import type { CDPSession } from 'playwright-core';
import { Operator } from './browser.fixture.js';
import { seedPool, seedTasks } from './seeds.fixture.js';

/**
 * `npm run bench:dashboard -- [--nodes 1000] [--tasks 10000] [--minutes 10]`: how soon every page can be used with so many
 * nodes and tasks, how evenly long lists scroll, and whether an open page's memory stays flat under load.
 */
const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1000' },
    tasks: { type: 'string', default: '10000' },
    minutes: { type: 'string', default: '10' },
  },
});
const [nodes, tasks, minutes] = [values.nodes, values.tasks, values.minutes].map(Number) as [
  number,
  number,
  number,
];

const MOST_MS = 2_000;
/** What a person sees as a stall. */
const STALL_MS = 200;
const GROWTH = 1.15;
const CLIENTS = 2;

const paths = [
  '/',
  '/nodes',
  '/tasks',
  '/sessions',
  '/playground',
  '/cognitive',
  '/keys',
  '/events',
  '/health',
];
const problems: string[] = [];
const check = (holds: boolean, what: string): void => {
  process.stdout.write(`${holds ? 'ok  ' : 'FAIL'}  ${what}\n`);
  if (!holds) problems.push(what);
};

/** Opens a page in the address bar; ms until its title and all its figures and lists are there. */
const opened = async (operator: Operator, path: string): Promise<number> => {
  const started = performance.now();
  await operator.go(path);
  await operator.page.getByRole('heading', { level: 1 }).waitFor();
  await operator.page.waitForFunction(() => !document.querySelector('[aria-label^="reading "]'));
  return performance.now() - started;
};

/** The longest time between two frames while a list is scrolled by the wheel, in ms; null: there is nothing to scroll. */
const stallOf = async ({ page }: Operator): Promise<number | null> => {
  const table = page.getByRole('table').first();
  if ((await table.count()) === 0) return null;
  await table.hover();
  await page.evaluate(() => {
    const seen = { last: performance.now(), longest: 0 };
    Object.assign(globalThis, { seen });
    const frame = (now: number): void => {
      seen.longest = Math.max(seen.longest, now - seen.last);
      seen.last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  for (let turn = 0; turn < 60; turn++) {
    await page.mouse.wheel(0, 600);
    await page.waitForTimeout(30);
  }
  return page.evaluate(() => (globalThis as unknown as { seen: { longest: number } }).seen.longest);
};

/** What JavaScript holds after a collection, in bytes. */
const heapOf = async (session: CDPSession): Promise<number> => {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
};

const pagesAreQuick = async (operator: Operator): Promise<void> => {
  for (const path of paths) {
    const ms = await opened(operator, path);
    const stall = await stallOf(operator);
    const scrolled = stall === null ? '' : `, longest frame while scrolling ${Math.round(stall)} ms`;
    check(ms <= MOST_MS && (stall ?? 0) <= STALL_MS, `${path} after ${Math.round(ms)} ms${scrolled}`);
  }
};

/** Pages stay open while clients go on asking; their memory at the beginning and at the end, after a collection. */
const memoryIsFlat = async (network: Network): Promise<void> => {
  const client = new Ganglion({ url: network.url, apiKey: network.apiKey });
  const until = performance.now() + minutes * 60_000;
  let asked = 0;
  const load = async (): Promise<void> => {
    while (performance.now() < until) {
      const messages = [{ role: 'user' as const, content: 'What is the capital of Japan?' }];
      await client.chat({ model: 'tiny', messages, max_tokens: 8 }).then(
        () => asked++,
        () => undefined,
      );
    }
  };
  const watch = async (path: string): Promise<void> => {
    await using operator = await Operator.open(network);
    await operator.signIn(path);
    const session = await operator.page.context().newCDPSession(operator.page);
    const heaps: number[] = [];
    while (performance.now() < until) {
      await operator.page.waitForTimeout(Math.min(30_000, Math.max(0, until - performance.now())));
      heaps.push(await heapOf(session));
    }
    // The first minute fills caches that are bounded.
    const [first, last] = [heaps[Math.min(2, heaps.length - 1)]!, Math.min(...heaps.slice(-3))];
    const megabytes = heaps.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(' ');
    check(last <= first * GROWTH, `${path} open for ${minutes} min: ${megabytes} MiB`);
    check(operator.problems().length === 0, `${path} said of no error`);
  };
  await Promise.all([...Array.from({ length: CLIENTS }, load), ...['/', '/nodes', '/events'].map(watch)]);
  process.stdout.write(`${asked} answers meanwhile\n`);
};

await using network = await Network.start({
  miners: 2,
  replicas: 1,
  logLevel: 'warn',
  env: { router: { LOGINS_PER_MINUTE: '600' } },
});
const client = new Ganglion({ url: network.url, apiKey: network.apiKey });
for (let index = 0; index < 5; index++)
  await client.chat({
    model: 'tiny',
    messages: [{ role: 'user', content: 'What is the capital of Japan?' }],
  });
await seedPool(network, nodes);
await seedTasks(network, tasks);
{
  await using operator = await Operator.open(network);
  await operator.signIn();
  process.stdout.write(`${nodes} nodes, ${tasks} tasks\n`);
  await pagesAreQuick(operator);
}
if (minutes > 0) await memoryIsFlat(network);
process.exitCode = problems.length > 0 ? 1 : 0;
