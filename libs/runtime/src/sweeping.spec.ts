import { Sweeping } from './sweeping.js';

const setUp = () => {
  const ends: (() => void)[] = [];
  const errors: unknown[] = [];
  let begun = 0;
  const work = (): Promise<void> => {
    begun++;
    return new Promise((resolve) => void ends.push(resolve));
  };
  const sweeping = new Sweeping(work, (error) => void errors.push(error));
  /** Ends the sweep under way, and lets the next one begin. */
  const end = async (): Promise<void> => {
    ends.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { sweeping, begun: () => begun, end, errors };
};

describe('sweeping', () => {
  it('is done one at a time, and once more for all that wanted it meanwhile', async () => {
    const { sweeping, begun, end } = setUp();
    for (let n = 0; n < 5; n++) sweeping.soon();
    expect(begun()).toBe(1);
    await end();
    expect(begun()).toBe(2);
    await end();
    expect(begun()).toBe(2);
    await sweeping.done();
    sweeping.soon();
    expect(begun()).toBe(3);
  });

  it('ends with what is under way when it is stopped', async () => {
    const { sweeping, begun, end } = setUp();
    sweeping.soon();
    sweeping.soon();
    const stopped = sweeping.stop();
    await end();
    await stopped;
    sweeping.soon();
    expect(begun()).toBe(1);
  });

  it('goes on after a failure, and tells of it', async () => {
    const errors: unknown[] = [];
    let swept = 0;
    const sweeping = new Sweeping(
      () => Promise.reject(new Error(`sweep ${++swept}`)),
      (error) => void errors.push(error),
    );
    sweeping.soon();
    sweeping.soon();
    await sweeping.done();
    expect(errors).toMatchObject([{ message: 'sweep 1' }, { message: 'sweep 2' }]);
  });
});
