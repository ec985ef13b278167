import { Turns } from './turns.js';

/** Work that ends when it is told to. */
const work = (log: string[], name: string) => {
  let end = (): void => {};
  let fail = (_: Error): void => {};
  const done = new Promise<string>((resolve, reject) => {
    end = () => resolve(name);
    fail = reject;
  });
  const start = (): Promise<string> => {
    log.push(name);
    return done;
  };
  return { start, end, fail };
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  let turns: Turns;
  let log: string[];
  beforeEach(() => {
    turns = new Turns();
    log = [];
  });

  it('let work on one thing follow one another, and work on another go on', async () => {
    const [a, b, other] = [work(log, 'a'), work(log, 'b'), work(log, 'other')];
    const first = turns.take('x', a.start);
    const second = turns.take('x', b.start);
    void turns.take('y', other.start);
    await settle();
    expect(log).toEqual(['a', 'other']);
    a.end();
    expect(await first).toBe('a');
    await settle();
    expect(log).toEqual(['a', 'other', 'b']);
    b.end();
    expect(await second).toBe('b');
  });

  it('go on after work that failed, and tell who wanted it', async () => {
    const [a, b] = [work(log, 'a'), work(log, 'b')];
    const first = turns.take('x', a.start);
    const second = turns.take('x', b.start);
    a.fail(new Error('in vain'));
    await expect(first).rejects.toThrow('in vain');
    b.end();
    expect(await second).toBe('b');
  });

  it('know whether work waits, and not of work that has begun', async () => {
    const [a, b] = [work(log, 'a'), work(log, 'b')];
    const first = turns.take('x', a.start);
    await settle();
    expect(turns.isAwaited('x')).toBe(false);
    const second = turns.take('x', b.start);
    expect(turns.isAwaited('x')).toBe(true);
    expect(turns.isAwaited('y')).toBe(false);
    a.end();
    await first;
    await settle();
    expect(turns.isAwaited('x')).toBe(false);
    b.end();
    await second;
  });
});
