import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InferenceError } from '../inference-error.js';
import { throwIfCancelled } from './patience.js';
import { isAlive, ownIdentity, processIdentity } from './process-identity.js';

const BEAT_MS = 2_000;
/** Whoever has not said for so long that it lives, and cannot be seen from here, is taken for dead. */
const SILENCE_MS = 30_000;
const POLL_MS = 200;
const RELEASED = 'released';

export interface LockOptions {
  /** False: do not wait, but fail. */
  isPatient?: boolean;
  signal?: AbortSignal | undefined;
  /** Called once, when somebody else has it. */
  onWait?: ((holder: string) => void) | undefined;
}

/**
 * Takes a folder's lock, which survives the crash of its holder and works between containers and machines that share
 * the disk.
 *
 * The folder holds numbered files, and the highest one is the lock: held while its process lives. To take it is to
 * make the next number, which only one can (`wx`); the numbers only rise, so that nobody can remove a lock that is not
 * the one he saw. A holder on the same machine is asked for by process id and start time; any other by the age of its
 * file, which it touches every two seconds.
 * @throws InferenceError MODEL_BUSY when it is held and not to be waited for; CANCELLED
 */
export async function takeLock(
  folder: string,
  options: LockOptions = {},
): Promise<{ release: () => Promise<void> }> {
  const { isPatient = true, signal, onWait } = options;
  await mkdir(folder, { recursive: true });
  for (let isTold = false; ;) {
    throwIfCancelled(signal);
    const highest = await highestIn(folder);
    const holder = highest === undefined ? undefined : await holderOf(join(folder, String(highest)));
    if (holder === undefined) {
      const taken = await take(folder, (highest ?? 0) + 1);
      if (taken) return taken;
      continue;
    }
    if (!isPatient)
      throw new InferenceError('MODEL_BUSY', `${holder} works on this model: wait until it is done`, 'model');
    if (!isTold) onWait?.(holder);
    isTold = true;
    await pause(POLL_MS);
  }
}

async function highestIn(folder: string): Promise<number | undefined> {
  const numbers = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/** In words; undefined when nobody has it any more. */
async function holderOf(path: string): Promise<string | undefined> {
  const content = await readFile(path, 'utf8').catch(() => RELEASED);
  if (content === RELEASED) return undefined;
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Infinity,
  );
  const holder = processIdentity.safeParse(parse(content)).data;
  const isLiving = holder && isAlive(holder);
  if (isLiving ?? age < SILENCE_MS) return holder ? `process ${holder.pid}` : 'another process';
  return undefined;
}

/** Undefined when somebody else was faster. */
async function take(folder: string, number: number): Promise<{ release: () => Promise<void> } | undefined> {
  const path = join(folder, String(number));
  try {
    await writeFile(path, JSON.stringify(ownIdentity()), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  // A number that was free because it had been cleaned away is no lock: there is a higher one.
  if ((await highestIn(folder)) !== number) {
    await rm(path, { force: true });
    return undefined;
  }
  for (const name of await readdir(folder))
    if (Number(name) < number) await rm(join(folder, name), { force: true });
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      await writeFile(path, RELEASED);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // being written just now, or cut off by a crash: its age decides
  }
}
