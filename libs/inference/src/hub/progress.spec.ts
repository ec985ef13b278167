import { ProgressMeter } from './progress.js';

describe('progress', () => {
  const meter = (): ProgressMeter =>
    new ProgressMeter([
      { path: 'a', bytes: 1000 },
      { path: 'b', bytes: 9000 },
    ]);

  it('adds up files, and tells speed and the time that is left', () => {
    const progress = meter();
    for (let second = 0; second <= 4; second++) progress.set('b', second * 500, second * 1000);
    const { bytes, totalBytes, bytesPerSecond, etaSeconds, files } = progress.at(4000);
    expect({ bytes, totalBytes }).toEqual({ bytes: 2000, totalBytes: 10_000 });
    expect(bytesPerSecond).toBe(500);
    expect(etaSeconds).toBeCloseTo(8000 / bytesPerSecond);
    expect(files).toEqual([
      { path: 'a', bytes: 0, totalBytes: 1000 },
      { path: 'b', bytes: 2000, totalBytes: 9000 },
    ]);
  });

  it('takes what an earlier run left for no speed', () => {
    const progress = meter();
    progress.set('a', 0, 0);
    progress.set('b', 8000, 100);
    progress.set('b', 8100, 1000);
    expect(progress.at(1000).bytesPerSecond).toBeCloseTo(100);
  });

  it('forgets how fast it was long ago', () => {
    const progress = meter();
    for (let second = 0; second <= 3; second++) progress.set('b', second * 1000, second * 1000);
    for (let second = 4; second <= 30; second++) progress.at(second * 1000);
    expect(progress.at(30_000)).toMatchObject({ bytesPerSecond: 0 });
    expect(progress.at(30_000)).not.toHaveProperty('etaSeconds');
  });

  it('is not negative when a file begins again', () => {
    const progress = meter();
    progress.set('b', 5000, 0);
    progress.set('b', 6000, 1000);
    progress.set('b', 0, 2000);
    progress.set('b', 500, 3000);
    expect(progress.at(3000).bytesPerSecond).toBeGreaterThanOrEqual(0);
    expect(progress.at(3000).bytes).toBe(500);
  });
});
