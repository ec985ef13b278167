import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.js';
import { eventually } from './eventually.js';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a child process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganglion-child-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const node = (script: string): Child =>
    new Child({
      name: 'child',
      command: process.execPath,
      args: ['-e', script],
      logFile: join(folder, 'log'),
    });

  it('is asked to end first, and ended the hard way when it does not', async () => {
    const polite = node(
      "process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); console.log('up'); setInterval(() => {}, 1e6);",
    );
    await eventually(() => polite.log().includes('up'));
    await polite.stop();
    expect(await polite.exited).toEqual({ code: 0, signal: null });
    expect(polite.log()).toContain('bye');

    const stubborn = node(
      "process.on('SIGTERM', () => {}); console.log('there'); setInterval(() => {}, 1e6);",
    );
    await eventually(() => stubborn.log().includes('there'));
    await stubborn.stop(50);
    expect(await stubborn.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('tells the end of its log when it fails', async () => {
    const child = node("console.error('the reason'); process.exit(3)");
    await expect(child.succeed()).rejects.toThrow(/child ended with code 3\nthe reason/);
  });

  it('is told when the program is not there', async () => {
    const child = new Child({
      name: 'ghost',
      command: '/no/such/program',
      args: [],
      logFile: join(folder, 'log'),
    });
    await expect(child.succeed()).rejects.toThrow(/ghost could not be started/);
  });

  it('does not outlive a parent that was killed, and neither does its temporary folder', async () => {
    const built = fileURLToPath(new URL('../dist/', import.meta.url));
    const temporary = join(folder, 'temporary');
    const script = `
      import { mkdirSync } from 'node:fs';
      import { Child } from '${built}child.js';
      import { guard } from '${built}guard.js';
      mkdirSync('${temporary}');
      guard.removeLater('${temporary}');
      const child = new Child({ name: 'sleeper', command: 'sleep', args: ['1000'], logFile: '${join(folder, 'sleeper')}' });
      console.log(child.pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => !isAlive(pid));
    await eventually(() => !existsSync(temporary));
    expect(await readFile(join(folder, 'sleeper'), 'utf8')).toBe('');
  });
});
