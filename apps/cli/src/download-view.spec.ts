import type { ModelEvent } from '@ganglion/inference';
import { DownloadView } from './download-view.js';

describe('a download that is watched', () => {
  const started: ModelEvent = {
    kind: 'started',
    repository: 'a/b',
    commit: 'c'.repeat(40),
    quantisation: 'q4',
    files: 2,
    totalBytes: 100e6,
  };
  const progress = (bytes: number): ModelEvent => ({
    kind: 'progress',
    progress: {
      files: [
        { path: 'x', bytes: 1, totalBytes: 1 },
        { path: 'onnx/model_q4.onnx', bytes, totalBytes: 100e6 },
      ],
      bytes,
      totalBytes: 100e6,
      bytesPerSecond: 5e6,
      etaSeconds: (100e6 - bytes) / 5e6,
    },
  });

  const shown = (isTTY: boolean, events: (ModelEvent | number)[]): string => {
    let text = '';
    const out = { isTTY, columns: 100, write: (piece: string) => ((text += piece), true) };
    const view = new DownloadView(out as unknown as NodeJS.WritableStream);
    let now = 0;
    for (const event of events) {
      if (typeof event === 'number') now += event;
      else view.show(event, now);
    }
    view.end();
    return text;
  };

  it('is a line every five seconds where nobody looks', () => {
    const events = [
      started,
      1000,
      progress(5e6),
      4000,
      progress(25e6),
      200,
      progress(26e6),
      5000,
      progress(50e6),
    ];
    expect(shown(false, events).split('\n')).toEqual([
      'a/b at cccccccccccc, q4: 2 files, 100 MB',
      '25 % of 100 MB, 5 MB/s, 15 s left onnx/model_q4.onnx',
      '50 % of 100 MB, 5 MB/s, 10 s left onnx/model_q4.onnx',
      '',
    ]);
  });

  it('is a bar on a terminal, with what happens above it', () => {
    const retry: ModelEvent = { kind: 'retry', problem: 'broke', delayMs: 2000 };
    const notice: ModelEvent = { kind: 'notice', message: 'look' };
    const [, ...drawn] = shown(true, [started, progress(50e6), retry, notice, progress(100e6)]).split(/\r/);
    expect(drawn).toEqual([
      `${'█'.repeat(12)}${'░'.repeat(12)} 50 % of 100 MB, 5 MB/s, 10 s left onnx/model_q4.onnx\u001B[K`,
      'broke; again in 2 s\u001B[K\nlook\n',
      `${'█'.repeat(24)} 100 % of 100 MB, 5 MB/s\u001B[K\n`,
    ]);
  });

  it('is no wider than the terminal', () => {
    const lines = shown(true, [progress(1e6)])
      .replaceAll('\u001B[K', '')
      .trim();
    expect(lines.length).toBeLessThan(100);
  });
});
