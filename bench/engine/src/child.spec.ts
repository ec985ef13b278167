import { Children } from './child.js';
import type { ContenderProgram } from './contenders.js';
import type { Job } from './contract.js';

const job: Job = {
  group: 'single',
  model: { precision: 'int4', directory: '/none', bitsPerWeight: 5, gguf: '/none', ggufBitsPerWeight: 4.5 },
  threads: 1,
  parallel: 1,
  tokens: 8,
  repeats: 1,
  seed: 77,
};

const program = (conduct: string): ContenderProgram => ({
  name: 'ours',
  title: conduct,
  program: '../fixtures/program.mjs',
  args: [conduct],
  groups: ['single'],
});

describe('a contender in a process of its own', () => {
  it('is given its job and answers with figures, whatever else it prints', async () => {
    expect(await new Children().run(program('answers'), job, 60_000)).toEqual({
      isGood: true,
      version: 'fixture',
      figures: { seed: 77 },
    });
  });

  it('that dies gives the reason, with the end of what it said', async () => {
    expect(await new Children().run(program('dies'), job, 60_000)).toEqual({
      isGood: false,
      reason: 'ended with code 3\nmodel.onnx is missing',
    });
  });

  it('that hangs is ended in time, and all it started with it', async () => {
    // What it starts holds its output open: only the end of both ends the run.
    const outcome = await new Children().run(program('hangs'), job, 6_000);
    expect(outcome).toEqual({ isGood: false, reason: 'no answer within 6 s\nstarted a child' });
  });

  it('is ended by a stop, after which none is started', async () => {
    const children = new Children();
    const running = children.run(program('hangs'), job, 60_000);
    children.stop();
    expect(await running).toMatchObject({
      isGood: false,
      reason: expect.stringMatching(/^ended with SIGKILL/),
    });
    expect(await children.run(program('answers'), job, 60_000)).toEqual({ isGood: false, reason: 'stopped' });
  });
});
