import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeA, nodeB, story } from './heard.fixture.js';
import { ReputationBench } from './reputation-bench.fixture.js';

const COMMAND = join(import.meta.dirname, '../dist/rebuild.command.js');

/** The command as an operator runs it: the build's, as a process of its own. */
describe('the rebuild command', () => {
  let bench: ReputationBench;
  let secrets: string;
  beforeAll(async () => {
    bench = await ReputationBench.start();
    secrets = await mkdtemp(join(tmpdir(), 'rebuild-'));
    await bench.hearAll(story(31, 40, [nodeA, nodeB]));
  });
  afterAll(async () => {
    await bench[Symbol.asyncDispose]();
    await rm(secrets, { recursive: true });
  });

  const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const env = { ...process.env, DATABASE_URL: bench.db.url, SECRETS_DIR: secrets };
    const told = promisify(execFile)(process.execPath, [COMMAND, ...args], { env });
    return told.then(
      ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        out: stdout,
        err: stderr,
      }),
    );
  };

  it('finds nothing to say of figures that are right', async () => {
    expect(await run('--check')).toEqual({ code: 0, out: '0 of 2 nodes differ\n', err: '' });
  });

  it('names node and figure, exits with 1 and changes nothing when it checks; then puts it right', async () => {
    const { client } = bench.db;
    const { score } = await client.score.findUniqueOrThrow({ where: { nodeId: nodeB } });
    await client.score.update({ where: { nodeId: nodeB }, data: { score: 0.5 } });
    const line = `${nodeB} score: stored 0.5, recounted ${score}\n`;
    expect(await run('--check')).toEqual({ code: 1, out: `${line}1 of 2 nodes differ\n`, err: '' });
    expect(await run('--check', '--node', nodeA)).toMatchObject({ code: 0, out: '0 of 1 nodes differ\n' });
    expect(await run()).toEqual({
      code: 0,
      out: `${line}1 of 2 nodes differed, and were counted anew\n`,
      err: '',
    });
    expect(await run('--check')).toMatchObject({ code: 0 });
    expect((await client.score.findUniqueOrThrow({ where: { nodeId: nodeB } })).score).toBe(score);
  });

  it('exits with 2 for wrong use and for a node that it does not know', async () => {
    expect(await run('--chekc')).toMatchObject({ code: 2, out: '' });
    const { code, err } = await run('--check', '--node', `U${'C'.repeat(55)}`);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining('nothing was heard of node UCCC'),
    });
    expect((await run('--help')).out).toContain('--check');
  });
});
