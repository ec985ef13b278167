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

  it('forget a node that has been silent for a minute', () => {
    const heartbeats = new Heartbeats();
    heartbeats.learn('a', 'EPHEMERAL', 0);
    heartbeats.take(60_000);
    expect(heartbeats.stateOf('a')).toBe('EPHEMERAL');
    heartbeats.take(60_001);
    expect(heartbeats.stateOf('a')).toBeUndefined();
  });
});
