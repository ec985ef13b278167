import type { Frame } from '@ganglion/contracts';
import { Stopwatch } from './stopwatch.js';

const node = `U${'A'.repeat(55)}`;
const other = `U${'B'.repeat(55)}`;
const frame = (tokens: number, more: Partial<Frame> = {}): Frame => ({
  attempt: 1,
  choice: 0,
  from: 1,
  tokens: Array.from({ length: tokens }, () => [1, 'a'] as [number, string]),
  link: '0'.repeat(64),
  ...more,
});

describe('the stopwatch', () => {
  it('measures the first token, the speed and the whole', () => {
    const watch = new Stopwatch(node, 1_000);
    watch.frame(node, frame(1), 1_040);
    watch.frame(node, frame(4), 1_060);
    watch.frame(node, frame(9, { finish: 'stop' }), 1_140);
    expect(watch.isDone).toBe(true);
    expect(watch.measured()).toEqual({ ttftMs: 40, tokensPerSecond: 100, durationMs: 140 });
  });

  it('measures the speed of the whole answer, however close its frames came', () => {
    const watch = new Stopwatch(node, 0);
    watch.frame(node, frame(1), 49.99);
    watch.frame(node, frame(5, { finish: 'stop' }), 50);
    expect(watch.measured()).toEqual({ ttftMs: 49.99, tokensPerSecond: 120, durationMs: 50 });
  });

  it('does not count an end without tokens as decoding time', () => {
    const watch = new Stopwatch(node, 0);
    watch.frame(node, frame(1), 10);
    watch.frame(node, frame(10), 110);
    watch.frame(node, frame(0, { finish: 'stop' }), 5_110);
    expect(watch.measured()).toEqual({ ttftMs: 10, tokensPerSecond: 100, durationMs: 5_110 });
  });

  it('says when the node had the task, and worked on it', () => {
    const watch = new Stopwatch(node, 0);
    expect(watch.span(5_000)).toEqual({ from: 5_000, first: null, end: null });
    watch.control({ type: 'granted', attempt: 1, nodeId: node, choices: [] }, 30);
    watch.frame(node, frame(1), 40);
    watch.frame(node, frame(2, { finish: 'stop' }), 90);
    expect(watch.span(5_000)).toEqual({ from: 5_030, first: 5_040, end: 5_090 });
  });

  it('gives nothing for a node that was silent', () => {
    const watch = new Stopwatch(node, 0);
    watch.control({ type: 'failed', taskId: 'a', state: 'FAILED', reason: { code: 'a', message: 'b' } }, 5);
    expect(watch.isDone).toBe(true);
    expect(watch.measured()).toEqual({ ttftMs: null, tokensPerSecond: null, durationMs: null });
  });

  it('counts from when the node was granted the task, not from when others were still in the way', () => {
    const watch = new Stopwatch(node, 0);
    watch.control({ type: 'position', position: 0, etaMs: null }, 800);
    watch.control({ type: 'granted', attempt: 1, nodeId: other, choices: [] }, 810);
    watch.control({ type: 'granted', attempt: 1, nodeId: node, choices: [] }, 900);
    watch.frame(node, frame(1), 950);
    expect(watch.measured().ttftMs).toBe(50);
  });

  it('counts from when the task was queued if the first token was faster than the word of the grant', () => {
    const watch = new Stopwatch(node, 0);
    watch.control({ type: 'position', position: 0, etaMs: null }, 800);
    watch.frame(node, frame(1), 840);
    watch.control({ type: 'granted', attempt: 1, nodeId: node, choices: [] }, 845);
    expect(watch.measured().ttftMs).toBe(40);
  });

  it('does not hear the frames of another node, of an attempt before or after the end', () => {
    const watch = new Stopwatch(node, 0);
    watch.frame(other, frame(5, { finish: 'stop' }), 1);
    watch.frame(node, frame(3), 10);
    watch.frame(node, frame(1, { attempt: 2 }), 30);
    watch.frame(node, frame(9), 31);
    watch.frame(node, frame(2, { attempt: 2, finish: 'stop' }), 50);
    watch.frame(node, frame(9, { attempt: 2 }), 60);
    expect(watch.measured()).toEqual({ ttftMs: 30, tokensPerSecond: 60, durationMs: 50 });
  });
});
