import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ganglion/testkit';
import { Logger } from '@nestjs/common';
import { Clock } from './clock.js';

const file = join(mkdtempSync(join(tmpdir(), 'ganglion-clock-')), 'clock.json');
let written = 0;
const control = (value: object): void => {
  writeFileSync(file, JSON.stringify(value));
  // Two writes within the file system's time resolution are told apart by their times.
  utimesSync(file, new Date(), new Date(Date.now() + ++written * 1_000));
};

describe('the clock', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('shows the real time by default', () => {
    expect(Math.abs(new Clock().ms() - Date.now())).toBeLessThan(1_000);
  });

  it('jumps when its control file says so, whenever that is written', async () => {
    const clock = new Clock(file);
    expect(Math.abs(clock.ms() - Date.now())).toBeLessThan(1_000);
    control({ offsetMs: 3_600_000 });
    await eventually(() => expect(clock.ms() - Date.now()).toBeGreaterThan(3_590_000));
    control({ offsetMs: 7_200_000 });
    await eventually(() => expect(clock.ms() - Date.now()).toBeGreaterThan(7_190_000));
  });

  it('keeps its time while the control file is broken', async () => {
    control({ offsetMs: 3_600_000 });
    const clock = new Clock(file);
    await eventually(() => expect(clock.ms() - Date.now()).toBeGreaterThan(3_590_000));
    writeFileSync(file, '{"offsetMs":');
    expect(clock.ms() - Date.now()).toBeGreaterThan(3_590_000);
  });

  it('runs faster by its scale', async () => {
    control({ offsetMs: 0, scale: 1_000, since: Date.now() });
    const clock = new Clock(file);
    await eventually(() => expect(clock.ms() - Date.now()).toBeGreaterThan(10_000));
    expect(clock.real(5_000)).toBe(5);
  });

  it('repeats a task without overlap, and goes on after an error', async () => {
    let running = 0;
    let most = 0;
    let turns = 0;
    const repeating = new Clock().every(
      1,
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        if (++turns === 2) throw new Error('a bad turn');
      },
      'a task',
    );
    await eventually(() => expect(turns).toBeGreaterThan(4));
    repeating.stop();
    expect(most).toBe(1);
  });

  it('wakes a sleeper whose signal aborts', async () => {
    const waking = new AbortController();
    const sleep = new Clock().sleep(3_600_000, waking.signal);
    waking.abort();
    await expect(sleep).resolves.toBeUndefined();
  });
});
