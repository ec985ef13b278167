import { FloodMeter } from './flood-meter.js';

const limits = { messagesPerSecond: 100, bytesPerSecond: 1_000, burstSeconds: 2 };

const admitted = (meter: FloodMeter, count: number, { node = 'a', bytes = 1, now = 0 } = {}): number =>
  Array.from({ length: count }, () => meter.admits(node, bytes, now)).filter((isWithin) => isWithin).length;

describe('the flood meter', () => {
  it('admits a burst, and then no more messages than leak away', () => {
    const meter = new FloodMeter(limits);
    expect(admitted(meter, 1_000)).toBe(200);
    expect(admitted(meter, 1_000, { now: 500 })).toBe(49);
    expect(admitted(meter, 1_000, { now: 60_000 })).toBe(200);
  });

  it('counts bytes beside messages', () => {
    const meter = new FloodMeter(limits);
    expect(admitted(meter, 10, { bytes: 500 })).toBe(4);
  });

  it('admits for ever what stays within the rate', () => {
    const meter = new FloodMeter(limits);
    for (let second = 0; second < 600; second++)
      expect(admitted(meter, 100, { bytes: 10, now: second * 1_000 })).toBe(100);
  });

  it('counts each node for itself', () => {
    const meter = new FloodMeter(limits);
    admitted(meter, 1_000);
    expect(admitted(meter, 100, { node: 'b' })).toBe(100);
  });

  it('forgets a node whose bucket is empty, and only such a one', () => {
    const meter = new FloodMeter(limits);
    admitted(meter, 200);
    admitted(meter, 1, { node: 'b' });
    meter.forgetIdle(100);
    expect(meter.size).toBe(1);
    meter.forgetIdle(3_000);
    expect(meter.size).toBe(0);
  });
});
