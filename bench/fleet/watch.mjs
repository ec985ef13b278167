/** Says from time to time how a fleet is, and what its processes cost. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const LINE_MS = 10_000;
/** Of Linux, for every process. */
const TICKS_PER_SECOND = 100;

export class Watch {
  #begun = performance.now();

  constructor(stream) {
    this.stream = stream;
  }

  say(text) {
    const seconds = ((performance.now() - this.#begun) / 1_000).toFixed(0).padStart(4);
    const grey = this.stream.isTTY ? ['\u001B[90m', '\u001B[0m'] : ['', ''];
    this.stream.write(`${grey[0]}${seconds} s${grey[1]}  ${text}\n`);
  }

  /** What the start of a network tells. */
  step(event) {
    if (event.kind === 'note') this.say(event.text);
    if (event.kind === 'end') this.say(`${event.step} (${(event.ms / 1_000).toFixed(1)} s)`);
  }

  /** Until a time (epoch ms), a line every ten seconds with the nodes by state. @throws the signal's reason */
  async nodes(network, { until, signal }) {
    while (Date.now() < until) {
      await pause(Math.max(0, Math.min(LINE_MS, until - Date.now())), undefined, { signal });
      this.say(await statesOf(network).catch((error) => `(nobody tells the states: ${error.message})`));
    }
  }

  /** Processor seconds and memory of each part with the processes that it started; empty where there is no /proc. */
  costs(network) {
    const all = processes();
    const parts = [...network.processes].filter(([, { pid }]) => all.has(pid));
    return Object.fromEntries(parts.map(([name, { pid }]) => [name, costOf(pid, all)]));
  }
}

function costOf(pid, all) {
  const { cpuSeconds, megabytes } = all.get(pid);
  const children = [...all].filter(([, { parent }]) => parent === pid).map(([child]) => costOf(child, all));
  const sum = (figure) => children.reduce((total, child) => total + child[figure], 0);
  return {
    cpuSeconds: Math.round(10 * (cpuSeconds + sum('cpuSeconds'))) / 10,
    megabytes: Math.round(megabytes + sum('megabytes')),
  };
}

/** Every process of this machine, with those of its children that have ended. */
function processes() {
  if (!existsSync('/proc/self/stat')) return new Map();
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(pids.map((pid) => [Number(pid), readProcess(pid)]).filter(([, found]) => found));
}

function readProcess(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    const memory = /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return {
      parent: Number(fields[1]),
      cpuSeconds: ticks / TICKS_PER_SECOND,
      megabytes: Number(memory?.[1] ?? 0) / 1_000,
    };
  } catch {
    return undefined;
  }
}

async function statesOf(network) {
  const parts = Object.entries(await countStates(network)).map(([state, count]) => `${count} ${state}`);
  return parts.sort().join(', ');
}

async function countStates(network) {
  const counts = {};
  let cursor = null;
  do {
    const query = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { items, nextCursor } = await network.ask(`/v1/nodes?limit=200${query}`);
    for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1;
    cursor = nextCursor;
  } while (cursor !== null);
  return counts;
}
