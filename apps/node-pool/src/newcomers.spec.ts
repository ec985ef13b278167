import { allowanceFor, isOnProbation, type Population } from './newcomers.js';

const population = (more: Partial<Population> = {}): Population => ({
  known: 40,
  joinedLately: 0,
  reserved: 30,
  reservedNewcomers: 0,
  ...more,
});

describe('what newcomers get', () => {
  it('is a fifth of the places where none joined lately', () => {
    expect(allowanceFor(population()).share).toBe(0.2);
  });

  it('shrinks with the number that joined lately, so that together they get about what a few would', () => {
    expect(allowanceFor(population({ joinedLately: 2 })).share).toBeCloseTo(0.1);
    const crowd = allowanceFor(population({ joinedLately: 200 })).share;
    expect(crowd).toBeLessThan(0.002);
    expect(crowd).toBeGreaterThan(0);
  });

  it('is one place in twenty at once, and one in a small pool', () => {
    expect(allowanceFor(population({ reserved: 100 })).places).toBe(5);
    expect(allowanceFor(population({ reserved: 100, reservedNewcomers: 4 })).places).toBe(1);
    expect(allowanceFor(population({ reserved: 100, reservedNewcomers: 9 })).places).toBe(0);
    expect(allowanceFor(population({ reserved: 3 })).places).toBe(1);
    expect(allowanceFor(population({ reserved: 3, reservedNewcomers: 1 })).places).toBe(0);
  });

  it('is not bounded in a young pool', () => {
    const young = population({ known: 7, joinedLately: 50, reserved: 10, reservedNewcomers: 9 });
    expect(allowanceFor(young)).toEqual({ share: 0.2, places: Infinity });
  });
});

describe('probation', () => {
  it('is three passed rounds where enough nodes are known, and one where they are not', () => {
    expect([1, 2, 3, 4].map((tests) => isOnProbation(tests, { known: 8 }))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([1, 2, 3].map((tests) => isOnProbation(tests, { known: 7 }))).toEqual([false, false, false]);
  });
});
