import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

describe('the published vectors', () => {
  it('are what the script beside them makes', () => {
    const script = fileURLToPath(new URL('../vectors/make.mjs', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], {
      encoding: 'utf8',
      env: {},
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
