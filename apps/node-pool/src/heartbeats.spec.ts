import { Heartbeats } from './heartbeats.js';

describe('heartbeats', () => {
  it('are handed over once, the latest of each node', () => {
    const heartbeats = new Heartbeats();
    heartbeats.heard('a', 1);
    heartbeats.heard('b', 2);
    heartbeats.heard('a', 3);
    expect(heartbeats.take(3)).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    expect(heartbeats.take(3)).toEqual([]);
  });

  it('come back under newer ones when they could not be written', () => {
    const heartbeats = new Heartbeats();
    heartbeats.heard('a', 1);
    heartbeats.heard('b', 1);
    const taken = heartbeats.take(1);
    heartbeats.heard('a', 5);
    heartbeats.putBack(taken);
    expect(new Map(heartbeats.take(5))).toEqual(
      new Map([
        ['a', 5],
        ['b', 1],
      ]),
    );
  });

  it('answer the state that was last read, unless the node was silent for long', () => {
    const heartbeats = new Heartbeats();
    expect(heartbeats.heard('a', 0)).toBeUndefined();
    heartbeats.learn('a', 'EPHEMERAL', 0);
    expect(heartbeats.heard('a', 5_000)).toBe('EPHEMERAL');
    expect(heartbeats.heard('a', 10_001)).toBeUndefined();
  });

  it('know nothing of a node that hung up', () => {
    const heartbeats = new Heartbeats();
    heartbeats.learn('a', 'EPHEMERAL', 0);
    heartbeats.heard('a', 1);
    heartbeats.forget('a');
    expect(heartbeats.take(1)).toEqual([]);
    expect(heartbeats.heard('a', 2)).toBeUndefined();
  });
});
