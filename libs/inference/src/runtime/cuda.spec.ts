import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBuilt } from '../testing/tiny-engine.js';
import { graphicsCard, requireCuda } from './cuda.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cuda-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('a graphics card', () => {
  it('needs a library that is not installed unless asked for', async () => {
    expect(() => requireCuda(folder)).toThrow(/provider cuda: there is no .*otherwise use cpu/);
    await expect(openBuilt({ provider: 'cuda' })).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      field: 'provider',
    });
    writeFileSync(join(folder, 'libonnxruntime_providers_cuda.so'), '');
    expect(() => requireCuda(folder)).not.toThrow();
  });

  it('has the name that its driver tells', () => {
    expect(graphicsCard(folder)).toBe('unknown');
    mkdirSync(join(folder, '0000:01:00.0'));
    writeFileSync(
      join(folder, '0000:01:00.0/information'),
      'Model: \t\t NVIDIA GeForce RTX 4090\nIRQ:   \t\t 120\n',
    );
    expect(graphicsCard(folder)).toBe('nvidia_geforce_rtx_4090');
  });
});
