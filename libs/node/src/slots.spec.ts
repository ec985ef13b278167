import { Slots } from './slots.js';

describe('slots', () => {
  it('are taken until none is left, and again when one is free', () => {
    const slots = new Slots(2);
    expect([slots.take('a'), slots.take('b'), slots.take('c')]).toEqual([true, true, false]);
    expect(slots.busy).toBe(2);
    slots.free('a');
    expect(slots.take('c')).toBe(true);
  });

  it('are one per key, however often it takes or frees it', () => {
    const slots = new Slots(2);
    expect([slots.take('a'), slots.take('a')]).toEqual([true, true]);
    expect(slots.busy).toBe(1);
    slots.free('a');
    slots.free('a');
    expect(slots.busy).toBe(0);
  });
});
