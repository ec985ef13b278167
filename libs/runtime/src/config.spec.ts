import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'config.js');
const read = (environment: Record<string, string>): { status: number; output: string; errors: string } => {
  const script = `const { readConfig } = await import(${JSON.stringify(dist)}); const { z } = await import('zod');
    console.log(JSON.stringify(readConfig({ PORT: z.coerce.number().int(), NAME: z.string() })));`;
  try {
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { PATH: process.env['PATH'], ...environment },
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { status: 0, output, errors: '' };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { status, output: stdout, errors: stderr };
  }
};

describe('the configuration', () => {
  it('is read from the environment', () => {
    expect(JSON.parse(read({ PORT: '80', NAME: 'x' }).output)).toEqual({ PORT: 80, NAME: 'x' });
  });

  it('names every missing and wrong variable, and ends the process', () => {
    const { status, errors } = read({ PORT: 'eighty' });
    expect(status).toBe(2);
    expect(errors).toMatch(/PORT\s+"eighty"/);
    expect(errors).toMatch(/NAME\s+missing/);
  });
});
