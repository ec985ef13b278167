import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run } from './terminal.fixture.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

describe('ganglion model calibrate', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ganglion-calibrate-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const few = ['--prompts', '8', '--tokens', '12'];
  /** The program itself: native code and a test's own globals do not know each other's arrays. */
  const calibrate = (...args: string[]): string =>
    execFileSync(process.execPath, [program, 'model', 'calibrate', ...args, ...few], { encoding: 'utf8' });

  it('proposes tolerances for the bundled model, and shows what they come of', () => {
    const out = calibrate();
    expect(out).toMatch(/^bundled:tiny \(int8, ort\S+\)\n/);
    expect(out).toMatch(/\nprefill +\S+ +\S+ +\S+ +\d+\n/);
    expect(out).toMatch(/\ndecode, batch of 8 +0\/0\/0\/0 +0\/0\/0\/0 +0\/0\/0\/0 +0\n/);
    expect(out).toMatch(/\nTolerate \d+\/256 of evidence, and a gap of [\d.]+\n$/);
  });

  it('writes JSON to a file, and answers with the same on standard output', () => {
    const file = join(folder, 'calibration.json');
    calibrate('bundled:tiny', '--json', file);
    const written = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(written).toMatchObject({
      model: { source: 'bundled:tiny', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      quantisation: 'int8',
      tolerances: { evidence: expect.any(Number), gap: expect.any(Number) },
      distributions: { prefill: { logits: { max: expect.any(Number) } } },
    });
    expect(JSON.parse(calibrate('bundled:tiny', '--json'))).toEqual(written);
  });

  it('says by its exit code whether the words were wrong or the model is not there', async () => {
    const wrong = (...args: string[]) => run(['model', 'calibrate', ...args]);
    expect(await wrong('bundled:tiny', 'here.json')).toMatchObject({
      code: 2,
      err: 'ganglion: here.json is written with --json only: --json here.json\n',
    });
    expect(await wrong('--prompts', '0')).toMatchObject({ code: 2 });
    expect(await wrong('bundled:tiny', '--quant', 'q4')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/q4/),
    });
    expect((await wrong('--help')).out).toMatch(/--json calibration\.json/);
  });
});
