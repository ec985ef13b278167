import { NewStreams } from './flood-streams.js';

describe('new streams', () => {
  it('are handed over once, however many frames they have', () => {
    const streams = new NewStreams();
    for (let n = 0; n < 10; n++) streams.note('a', 'task');
    streams.note('b', 'task');
    expect(streams.take()).toEqual([
      { nodeId: 'a', taskId: 'task' },
      { nodeId: 'b', taskId: 'task' },
    ]);
    streams.note('a', 'task');
    expect(streams.take()).toEqual([]);
  });

  it('of a node that opens thousands do not hide those of others', () => {
    const streams = new NewStreams();
    for (let n = 0; n < 5_000; n++) streams.note('flooder', `task ${n}`);
    streams.note('b', 'task');
    const taken = streams.take();
    expect(taken.length).toBeLessThan(200);
    expect(taken).toContainEqual({ nodeId: 'b', taskId: 'task' });
  });
});
