import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { peakMemoryMb } from './peak-memory.js';

describe('the peak memory', () => {
  it('is at least what this process holds now', () => {
    expect(peakMemoryMb()).toBeGreaterThanOrEqual(process.memoryUsage().rss / 1e6 - 1);
  });

  // Elsewhere nothing lists the memory of other processes.
  (process.platform === 'linux' ? it : it.skip)('counts a process that this one started', async () => {
    const before = peakMemoryMb();
    const program = "globalThis.held = Buffer.alloc(120e6, 1); console.log('filled'); process.stdin.resume()";
    const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(peakMemoryMb()).toBeGreaterThan(before + 120);
    child.stdin.end();
    await once(child, 'close');
  });
});
