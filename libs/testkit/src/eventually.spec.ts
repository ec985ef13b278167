import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns the first result that is not false and was not thrown', async () => {
    const answers = [
      () => false,
      () => {
        throw new Error('not yet');
      },
      () => 0,
    ];
    expect(await eventually(() => (answers.shift() as () => unknown)(), { everyMs: 1 })).toBe(0);
    expect(answers).toEqual([]);
  });

  it('tells why the last try failed', async () => {
    const check = (): never => {
      throw new Error('the door is closed');
    };
    await expect(eventually(check, { timeoutMs: 1, everyMs: 1 })).rejects.toThrow(
      /not within 1 ms: the door is closed/,
    );
  });

  it('gives up when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('given up'));
    await expect(eventually(() => false, { signal })).rejects.toThrow('given up');
  });
});
