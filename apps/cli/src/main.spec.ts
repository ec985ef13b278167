import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appProgram } from '@ganglion/testkit';

describe('the command', () => {
  it('ends quietly when nobody reads its output any more', async () => {
    const helping = spawn(process.execPath, [appProgram('cli'), '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    helping.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    helping.stdout.destroy();
    expect([...(await once(helping, 'close')), complaint]).toEqual([0, null, '']);
  });
});
