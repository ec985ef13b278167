import { execFile, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hollowFiles } from '../testing/fake-hub.js';
import { GRAPH, graphOf, PullBench, REPOSITORY, SIZE } from '../testing/pull-bench.js';
import { build } from '../testing/tiny-engine.js';
import { takeLock } from './model-lock.js';

const program = fileURLToPath(new URL('../../dist/testing/pull-program.js', import.meta.url));

describe('a lock', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const hold = (content: string, ageSeconds: number): void => {
    writeFileSync(join(folder, '7'), content);
    const then = Date.now() / 1000 - ageSeconds;
    utimesSync(join(folder, '7'), then, then);
  };
  const tryOnce = () => takeLock(folder, { isPatient: false });

  it('is held by one at a time, and handed on', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      const lock = await takeLock(folder);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside--;
      await lock.release();
    };
    await Promise.all(Array.from({ length: 5 }, work));
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual(['5']);
  });

  it('refuses whoever does not want to wait, and names the holder', async () => {
    const lock = await tryOnce();
    await expect(tryOnce()).rejects.toMatchObject({
      code: 'MODEL_BUSY',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
    await lock.release();
    await (await tryOnce()).release();
  });

  it('stops waiting when that is cancelled', async () => {
    const lock = await tryOnce();
    const waiting = takeLock(folder, { signal: AbortSignal.timeout(50) });
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    await lock.release();
  });

  it('passes at once from a process that was killed', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => gone.once('exit', resolve));
    const own = await tryOnce();
    const identity = JSON.parse(readFileSync(join(folder, '1'), 'utf8')) as object;
    await own.release();
    hold(JSON.stringify({ ...identity, pid: gone.pid }), 0);
    await (await tryOnce()).release();
  });

  it('passes at once from a process that was killed and whose parent does not care', async () => {
    if (process.platform !== 'linux') return; // where the state of a process can be read
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (line: Buffer) => resolve(Number(line.toString()))),
    );
    const stat = (): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(/[(]|[)] /)[2]!;
    // As long as it is a shell, it asks how its children ended.
    while (!readFileSync(`/proc/${parent.pid}/comm`, 'utf8').startsWith('sleep'))
      await new Promise((resume) => setTimeout(resume, 5));
    process.kill(pid, 'SIGKILL');
    while (!stat().startsWith('Z')) await new Promise((resume) => setTimeout(resume, 5));
    const own = await tryOnce();
    const identity = JSON.parse(readFileSync(join(folder, '1'), 'utf8')) as object;
    await own.release();
    hold(JSON.stringify({ ...identity, pid, startedAt: stat().split(' ')[19] }), 0);
    await (await tryOnce()).release();
    parent.kill();
  });

  it('passes at once from a process whose number another one has now', async () => {
    const own = await tryOnce();
    const identity = JSON.parse(readFileSync(join(folder, '1'), 'utf8')) as { startedAt: string | null };
    await own.release();
    if (identity.startedAt === null) return; // a system that does not say since when a process runs
    hold(JSON.stringify({ ...identity, startedAt: '1' }), 0);
    await (await tryOnce()).release();
  });

  it.each([
    ['on another machine', JSON.stringify({ pid: 1, startedAt: '1', place: 'elsewhere' })],
    ['of which nothing is known', ''],
  ])('passes from a process %s only after it was silent for long', async (_, content) => {
    hold(content, 5);
    await expect(tryOnce()).rejects.toMatchObject({ code: 'MODEL_BUSY' });
    hold(content, 60);
    await (await tryOnce()).release();
  });
});

describe('two processes', () => {
  let bench: PullBench;
  beforeAll(build);
  beforeEach(async () => void (bench = await PullBench.start()));
  afterEach(() => bench[Symbol.asyncDispose]());

  const args = () => [program, bench.hub.address, bench.root, `hf:${REPOSITORY}`];
  const run = async (): Promise<{ model: string; notices: string[] }> => {
    const { stdout } = await promisify(execFile)(process.execPath, args());
    return JSON.parse(stdout) as { model: string; notices: string[] };
  };

  it('that want the same model download it once', async () => {
    let open = (): void => {};
    bench.hub.gate = new Promise((resolve) => (open = resolve));
    const both = [run(), run()];
    const lists = () => bench.hub.seen.filter(({ path }) => path.includes('/tree/')).length;
    while (lists() < 2 || bench.hub.downloads.length < 4)
      await new Promise((resume) => setTimeout(resume, 10));
    setTimeout(open, 500);
    const [one, two] = await Promise.all(both);
    expect(one!.model).toBe(two!.model);
    expect(bench.hub.downloads).toHaveLength(4);
    expect([...one!.notices, ...two!.notices]).toEqual([
      expect.stringMatching(/^process \d+ downloads some\/model: waiting for it$/),
    ]);
  });

  it('are enough when the first one is killed: the second goes on where it was', async () => {
    bench.fails({ kind: 'stall', at: 200_000 });
    const first = spawn(process.execPath, args(), { stdio: 'ignore' });
    await bench.arrived(200_000);
    first.kill('SIGKILL');
    await new Promise((resolve) => first.once('exit', resolve));
    expect(existsSync(bench.cache.directoryOf(REPOSITORY, bench.commit))).toBe(false);
    bench.hub.seen.length = 0;
    const { model } = await run();
    expect(graphOf({ directory: model, commit: '', quantisation: '' })).toEqual(hollowFiles(SIZE)[GRAPH]);
    expect(bench.graphDownloads).toEqual([`${GRAPH} bytes=200000-`]);
  });
});
