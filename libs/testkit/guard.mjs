/**
 * Outlives its parent by a moment: when standard input ends, it ends the processes it was told of. So nothing is left
 * behind when a launcher or a test run is killed, not even by SIGKILL.
 *
 * Input lines: `+<pid> <signal>` (end this process group's leader with that signal), `-<pid>` (it has ended) and
 * `x<folder>` (remove it when all have ended).
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Longer than it takes a database to write its last page; then the hard way. */
const GRACE_MS = 8_000;
const watched = new Map();
const folders = [];

const send = (pid, signal) => {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
};
const isAlive = (pid) => send(pid, 0);

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('x/')) folders.push(line.slice(1));
  const [, sign, pid, signal] = /^([+-])(\d+) ?(\w*)$/.exec(line) ?? [];
  if (sign === '+') watched.set(Number(pid), signal || 'SIGTERM');
  if (sign === '-') watched.delete(Number(pid));
}

for (const [pid, signal] of watched) send(pid, signal);
const deadline = Date.now() + GRACE_MS;
while (Date.now() < deadline && [...watched.keys()].some(isAlive))
  await new Promise((resolve) => setTimeout(resolve, 50));
for (const pid of watched.keys()) if (isAlive(pid)) send(-pid, 'SIGKILL');
for (const folder of folders)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
