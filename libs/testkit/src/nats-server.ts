import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  constants,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { readTestkitConfig } from './environment.js';
import { natsRelease, releasePlatform, releaseUrl } from './nats-release.js';

const run = promisify(execFile);

export interface FinderOptions {
  /** The folders of PATH. */
  path?: string[];
  /** Where a fetched server is kept. */
  cache?: string;
  /** Where the release archive comes from; for tests of the check of its digest. */
  releaseUrl?: string;
  /** Debian's package tool. */
  debian?: string;
  log?: (line: string) => void;
}

interface Place {
  name: string;
  find: () => Promise<string>;
}

/**
 * The path of a nats-server that runs here: from PATH, from the own cache, the official release (its SHA-256 is
 * pinned), or Debian's package unpacked without root. Throws an error that says what was tried and what to do.
 */
export const findNatsServer = async (options: FinderOptions = {}): Promise<string> => {
  const { XDG_CACHE_HOME, PATH } = readTestkitConfig();
  const cache = options.cache ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ganglion', 'bin');
  const path = options.path ?? PATH.split(delimiter);
  const places: Place[] = [
    { name: 'PATH', find: () => findInPath(path) },
    { name: `cache (${cache})`, find: () => firstThatRuns([join(cache, 'nats-server')]) },
    { name: `official release ${natsRelease.version}`, find: () => fetchRelease(cache, options) },
    { name: "Debian's package", find: () => unpackDebian(cache, options) },
  ];
  const tried: string[] = [];
  for (const { name, find } of places) {
    try {
      return await find();
    } catch (error) {
      tried.push(`  ${name}: ${firstLine(error)}`);
    }
  }
  throw new Error(
    `No nats-server was found or could be fetched. Tried:\n${tried.join('\n')}\n` +
      'Install one (apt install nats-server, brew install nats-server, or https://nats.io/download), ' +
      'or name a running one by NATS_URL.',
  );
};

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split('\n').slice(0, 2).join(' ');

const OLDEST = [2, 9];

/** Throws unless the program runs here and is new enough. */
const checkVersion = async (program: string): Promise<string> => {
  const { stdout, stderr } = await run(program, ['--version'], { timeout: 10_000 });
  const [, major = 0, minor = 0] = /v(\d+)\.(\d+)/.exec(stdout + stderr) ?? [];
  const isNew = Number(major) > OLDEST[0]! || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]!);
  if (!isNew) throw new Error(`${program} is ${stdout.trim()}; ${OLDEST.join('.')} or newer is needed`);
  return program;
};

const firstThatRuns = async (programs: string[]): Promise<string> => {
  for (const program of programs)
    if (
      await access(program, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return checkVersion(program);
  throw new Error('not there');
};

/** Debian puts the server where only root's PATH looks. */
const findInPath = (path: string[]): Promise<string> =>
  firstThatRuns(
    [...path, ...(path.length > 0 ? ['/usr/local/sbin', '/usr/sbin'] : [])].map((dir) =>
      join(dir, 'nats-server'),
    ),
  );

/** Runs `work` in a scratch folder and moves the program it returns into the cache, whole or not at all. */
const install = async (cache: string, work: (scratch: string) => Promise<string>): Promise<string> => {
  const scratch = await mkdtemp(join(tmpdir(), 'ganglion-nats-'));
  try {
    const program = await checkVersion(await work(scratch));
    await mkdir(cache, { recursive: true });
    const beside = join(cache, `nats-server.${process.pid}`);
    await copyFile(program, beside);
    await chmod(beside, 0o755);
    await rename(beside, join(cache, 'nats-server'));
    return join(cache, 'nats-server');
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

const fetchRelease = async (cache: string, options: FinderOptions): Promise<string> => {
  const platform = releasePlatform(process.platform, process.arch);
  if (!platform) throw new Error(`there is no archive for ${process.platform} on ${process.arch}`);
  const url = options.releaseUrl ?? releaseUrl(platform);
  return install(cache, async (scratch) => {
    options.log?.(`fetching nats-server ${natsRelease.version}`);
    const response = await fetch(url, { signal: AbortSignal.timeout(120_000) }).catch((error: unknown) => {
      const cause = (error as { cause?: { code?: string } }).cause?.code ?? String(error);
      throw new Error(`${new URL(url).host} could not be reached (${cause})`);
    });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const archive = Buffer.from(await response.arrayBuffer());
    const digest = createHash('sha256').update(archive).digest('hex');
    if (digest !== natsRelease.archives[platform])
      throw new Error(`${url} has SHA-256 ${digest}, expected ${natsRelease.archives[platform]}`);
    const file = join(scratch, 'nats-server.tar.gz');
    await writeFile(file, archive);
    await run('tar', ['-xzf', file, '-C', scratch, '--strip-components=1']);
    return join(scratch, 'nats-server');
  });
};

/** `apt-get download` checks the archive's signature and needs no root; nothing is installed. */
const unpackDebian = (cache: string, options: FinderOptions): Promise<string> =>
  install(cache, async (scratch) => {
    const aptGet = options.debian ?? '/usr/bin/apt-get';
    await access(aptGet).catch(() => {
      throw new Error('this is not a Debian or Ubuntu system');
    });
    options.log?.("fetching Debian's nats-server");
    const at = { cwd: scratch, timeout: 120_000 };
    await run(aptGet, ['download', 'nats-server'], at).catch(async () => {
      const own = await ownAptState(scratch);
      await run(aptGet, [...own, 'update'], at);
      await run(aptGet, [...own, 'download', 'nats-server'], at);
    });
    const archive = (await readdir(scratch)).find((file) => file.endsWith('.deb'));
    if (!archive) throw new Error('apt-get download left no package');
    await run('dpkg', ['-x', archive, join(scratch, 'unpacked')], at);
    return firstThatRuns(['usr/sbin', 'usr/bin'].map((dir) => join(scratch, 'unpacked', dir, 'nats-server')));
  });

/** The system's package lists may be missing, and only root may fetch them: these are our own. */
const ownAptState = async (scratch: string): Promise<string[]> => {
  await mkdir(join(scratch, 'apt/lists/partial'), { recursive: true });
  await mkdir(join(scratch, 'apt/cache/archives/partial'), { recursive: true });
  return [
    '-o',
    `Dir::State=${scratch}/apt`,
    '-o',
    `Dir::State::lists=${scratch}/apt/lists`,
    '-o',
    'Dir::State::status=/var/lib/dpkg/status',
    '-o',
    `Dir::Cache=${scratch}/apt/cache`,
    '-o',
    'APT::Sandbox::User=root',
    '-o',
    'Debug::NoLocking=1',
  ];
};
