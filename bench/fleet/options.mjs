/** What `npm run bench:fleet` may be told. */
import { parseArgs } from 'node:util';
import { SetupError } from '../../tools/setup/run.mjs';

export const HELP = `Starts a network with a fleet of miners, some of them broken, slow, lying or flapping, lets users chat with it, and
counts from the services' own events who was put away when, who served, and whether anybody served untested.
docs/fleet.md says more.

  npm run bench:fleet -- [--miners 200] [--minutes 10] [--seed 1] [--slower 1] [--json FILE] [--svg FILE]

  --miners N      from 10; one in ten is broken, one in ten slow, one in twenty lies, one in twenty flaps
  --minutes M     that it lasts once all have joined; may be a fraction
  --seed S        of the fleet: speeds, faults, lies
  --slower F      every deadline and period of the network is F times as long, for machines that cannot carry so many
  --users U       with a session of their own, one after the other; default: one for 30 miners, 6 at most
  --processes P   that hold the miners; default: one for 50 miners
  --json FILE     all figures
  --svg FILE      the states of the fleet over time

The exit code is 1 when something that docs/fleet.md promises did not hold, 2 for wrong use.
`;

const texts = ['miners', 'minutes', 'seed', 'slower', 'users', 'processes', 'json', 'svg'];

/** @throws TypeError for an unknown option, SetupError for a value that is none */
export function readOptions(args) {
  const options = Object.fromEntries(texts.map((name) => [name, { type: 'string' }]));
  const { values } = parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } });
  const miners = whole('miners', values.miners ?? '200', 10, 1_000);
  return {
    ...values,
    miners,
    minutes: minutesOf(values.minutes ?? '10'),
    slower: whole('slower', values.slower ?? '1', 1, 20),
    seed: whole('seed', values.seed ?? '1', 0, 2 ** 31),
    users: whole('users', values.users ?? String(Math.min(6, Math.max(2, Math.round(miners / 30)))), 1, 50),
    processes: whole('processes', values.processes ?? String(Math.ceil(miners / 50)), 1, 32),
  };
}

function whole(name, text, least, most) {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new SetupError(`--${name} is a whole number from ${least} to ${most}, not ${text}`);
}

function minutesOf(text) {
  const value = Number(text);
  if (value >= 0.5 && value <= 120) return value;
  throw new SetupError(`--minutes is a number from 0.5 to 120, not ${text}`);
}
