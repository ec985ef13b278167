/** A network with a fleet of seeded miners under the traffic of users: what `npm run bench:fleet` starts. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import {
  eventually,
  fleetEnv,
  fleetFigures,
  FleetUsers,
  Network,
  planFleet,
  readHistory,
  startFleet,
} from '../../libs/testkit/dist/index.js';
import { fleetPlot } from './fleet-plot.mjs';
import { fleetTable } from './fleet-table.mjs';
import { readOptions } from './options.mjs';
import { Watch } from './watch.mjs';
import { checkFleet } from './verdict.mjs';

/** At the end nobody asks for so long: whoever was reserved has been tested again. */
const SETTLE_MS = 45_000;
const MODEL = 'fleet';
/** All users together: tasks of users and tests share the machine. */
const TASKS_PER_SECOND = 2;
const NODES_PER_SESSION = 4;
const SESSION_MS = 15_000;

const options = readOptions(process.argv.slice(2));
const { miners, minutes, seed, slower, users, processes } = options;
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

const outcome = await run().catch((error) => {
  if (!stop.signal.aborted) throw error;
  return null;
});
if (outcome) tell(outcome);
else process.exitCode = 130;

async function run() {
  const watch = new Watch(process.stderr);
  const started = {
    miners: 0,
    replicas: 1,
    logLevel: 'warn',
    env: fleetEnv,
    clockScale: 1 / slower,
    signal: stop.signal,
  };
  const network = await Network.start({ ...started, onProgress: (event) => watch.step(event) });
  try {
    const plans = await startFleet(network, planFleet(miners, seed), {
      processes,
      timeoutMs: 3_000 * miners,
      signal: stop.signal,
    });
    const begun = Date.now();
    const joined = network.clock.ms();
    watch.say(`${plans.size} nodes have joined`);
    const until = begun + minutes * 60_000;
    const tale = await letAsk(network, watch, until - Math.min(SETTLE_MS, minutes * 30_000));
    await watch.nodes(network, { until, signal: stop.signal });
    const end = network.clock.ms();
    const history = await readHistory(network);
    const figures = fleetFigures(history, plans, end);
    return { figures, tale, costs: watch.costs(network), joined, end, history, plans };
  } finally {
    await network.stop();
  }
}

async function letAsk(network, watch, until) {
  const over = new AbortController();
  const crowd = new FleetUsers(network, {
    users,
    nodes: NODES_PER_SESSION,
    tasksPerSecond: TASKS_PER_SECOND / (users + 1),
    sessionMs: SESSION_MS,
    signal: over.signal,
  });
  await untilServed(network);
  const asked = crowd.run();
  asked.catch(() => {}); // heard when it is awaited
  try {
    await watch.nodes(network, { until, signal: stop.signal });
  } finally {
    over.abort();
    await asked;
  }
  return crowd.tale;
}

/** Nobody can ask for a model that no tested node has. */
async function untilServed(network) {
  const isServed = async () => {
    const { data } = await network.ask('/v1/models');
    return data.some(({ id, ganglion }) => id === MODEL && ganglion.nodes > 0);
  };
  await eventually(isServed, { timeoutMs: 120_000 * slower, everyMs: 250, signal: stop.signal });
}

function tell({ figures, tale, costs, joined, end, history, plans }) {
  const checks = checkFleet(figures);
  for (const { check, holds } of checks) process.stdout.write(`${holds ? 'ok  ' : 'FAIL'}  ${check}\n`);
  process.stdout.write(`\n${fleetTable(figures)}\n`);
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', processors: cpus().length, node: process.version };
  const report = {
    isGood: checks.every(({ holds }) => holds),
    machine,
    options,
    ...figures,
    tale,
    costs,
    checks,
  };
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (options.svg) writeFileSync(options.svg, fleetPlot({ history, plans, from: joined, until: end }));
  process.exitCode = report.isGood ? 0 : 1;
}
