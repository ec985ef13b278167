import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, run, SetupError } from '../setup/run.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const requirements = join(here, 'requirements.txt');

/** The oldest Python for which the pinned packages are built. */
const OLDEST_PYTHON = [3, 11];

/** How a maker ends when what it needs cannot be downloaded. */
export const EXIT_UNAVAILABLE = 69;

export const defaultEnvironment = join(root, '.ganglion', 'python');

const isWindows = process.platform === 'win32';

/** The first Python 3 that answers. @throws SetupError when there is none that will do, with the remedy */
const findPython = async () => {
  const told = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";
  let found;
  for (const name of isWindows ? ['python', 'py'] : ['python3', 'python']) {
    try {
      await run(name, ['--version']);
      found = name;
      break;
    } catch {
      // The next name may be there.
    }
  }
  if (!found)
    throw new SetupError(
      'python3 is not installed: on Debian or Ubuntu run `apt-get install python3 python3-venv`, elsewhere see https://python.org.',
    );
  let version;
  try {
    version = (await run(found, ['-c', told])).trim();
  } catch {
    throw new SetupError(
      `${found} lacks the modules venv and ensurepip: on Debian or Ubuntu run \`apt-get install python3-venv\`.`,
    );
  }
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_PYTHON;
  if (major !== oldestMajor || minor < oldestMinor)
    throw new SetupError(`Python ${OLDEST_PYTHON.join('.')} or newer is needed; ${found} is ${version}.`);
  return { command: found, version };
};

/**
 * A virtual environment with the pinned packages; made anew when the pins or the Python changed.
 * @param {import('../setup/narrator.mjs').Narrator} narrator
 * @param {string} environment the folder it is in
 * @returns {Promise<string>} its Python
 * @throws SetupError when Python, its modules or the package index are missing
 */
export const preparePython = async (narrator, environment = defaultEnvironment) => {
  const python = await findPython();
  const folder = resolve(environment);
  const own = isWindows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const stamp = join(folder, 'ganglion-stamp');
  const wanted = createHash('sha256').update(python.version).update(readFileSync(requirements)).digest('hex');
  if (existsSync(own) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return own;
  await narrator.step(`Installing numpy, onnx and gguf into ${folder}`, async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    await run(python.command, ['-m', 'venv', folder]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
    await run(own, ['-m', 'pip', 'install', ...quiet, '--requirement', requirements]);
    // Last: an environment that was interrupted must not be taken for whole.
    writeFileSync(stamp, wanted);
  });
  return own;
};

/**
 * Runs Python on the makers with the terminal's own output, and ends with them: Ctrl-C reaches both.
 * @returns {Promise<number>} the exit code
 */
export const runPython = (python, args, stdio = 'inherit') =>
  new Promise((done, reject) => {
    const env = { ...process.env, PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: '1' };
    const child = spawn(python, args, { env, stdio });
    const end = (signal) => child.kill(signal);
    process.once('SIGINT', end).once('SIGTERM', end);
    child.once('error', (error) => reject(new SetupError(`${python} could not be run: ${error.message}`)));
    child.once('close', (code) => {
      process.off('SIGINT', end).off('SIGTERM', end);
      done(code ?? 1);
    });
  });
