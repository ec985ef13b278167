import { Attention } from './attention.js';
import { isHeard, silentNodes } from './silence.js';

const fleet = (...lastSeen: (number | null)[]) =>
  lastSeen.map((ms, index) => ({
    id: `node ${index}`,
    lastSeenAt: ms === null ? null : new Date(ms),
    joinedAt: new Date(0),
  }));

describe('silence', () => {
  const now = 100_000;

  it('is ten seconds without a heartbeat', () => {
    const nodes = fleet(now - 10_000, now - 10_001, now);
    expect(silentNodes(nodes, { now, listeningSince: 0 })).toEqual({ silent: ['node 1'], isFlap: false });
  });

  it('counts from joining until the first heartbeat', () => {
    const [node] = fleet(null);
    const joined = { ...node!, joinedAt: new Date(now - 9_000) };
    expect(silentNodes([joined], { now, listeningSince: 0 }).silent).toEqual([]);
    expect(silentNodes([joined], { now: now + 2_000, listeningSince: 0 }).silent).toEqual(['node 0']);
  });

  it('is not held against nodes that nobody listened to', () => {
    expect(silentNodes(fleet(0, 0), { now, listeningSince: now - 10_000 }).silent).toEqual([]);
  });

  it('of most nodes at once is not believed at first', () => {
    const nodes = fleet(now - 11_000, now - 11_000, now - 11_000, now);
    expect(silentNodes(nodes, { now, listeningSince: 0 })).toEqual({ silent: [], isFlap: true });
    expect(silentNodes(nodes, { now: now + 50_000, listeningSince: 0 }).silent).toEqual([
      'node 0',
      'node 1',
      'node 2',
    ]);
  });

  it('of half the nodes, or of most of three, is believed', () => {
    expect(silentNodes(fleet(0, 0, now, now), { now, listeningSince: 0 }).silent).toHaveLength(2);
    expect(silentNodes(fleet(0, 0, 0), { now, listeningSince: 0 }).silent).toHaveLength(3);
  });

  it('ends with a heartbeat since joining', () => {
    expect(isHeard({ lastSeenAt: null }, now)).toBe(false);
    expect(isHeard({ lastSeenAt: new Date(now - 9_999) }, now)).toBe(true);
    expect(isHeard({ lastSeenAt: new Date(now - 10_000) }, now)).toBe(false);
  });
});

describe('attention', () => {
  it('lasts while it is renewed, and starts anew after a gap', () => {
    const attention = new Attention(1_000);
    expect(attention.note(3_000)).toBe(1_000);
    expect(attention.note(8_000)).toBe(1_000);
    expect(attention.note(3_608_000)).toBe(3_608_000);
    expect(attention.note(3_610_000)).toBe(3_608_000);
  });
});
