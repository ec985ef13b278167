import { randomFrom } from '../testing/random.js';
import { exp } from './exponential.js';
import { ln } from './logarithm.js';

/** The runtime's own functions are within 1 ulp here, so 3 ulp of them prove the claimed 2. */
const TOLERANCE = 3 * 2 ** -52;

function relativeError(value: number, expected: number): number {
  return value === expected ? 0 : Math.abs((value - expected) / expected);
}

describe('ln and exp', () => {
  it('are accurate over the whole range that sampling uses', () => {
    const random = randomFrom(1);
    for (let trial = 0; trial < 20_000; trial++) {
      const uniform = (random(2 ** 32) + 0.5) / 2 ** 32;
      expect(relativeError(ln(uniform), Math.log(uniform))).toBeLessThan(TOLERANCE);
      const x = -ln(uniform);
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(Math.log(x))));
      expect(relativeError(exp(-30 * x), Math.exp(-30 * x))).toBeLessThan(TOLERANCE);
    }
  });

  it('keep their accuracy where u is all but 1, which makes the largest noise', () => {
    for (let word = 2 ** 32 - 1; word > 2 ** 32 - 2000; word--) {
      const rest = (2 ** 32 - word - 0.5) / 2 ** 32;
      expect(relativeError(ln((word + 0.5) / 2 ** 32), Math.log1p(-rest))).toBeLessThan(TOLERANCE);
    }
  });

  it('is continuous where its branches meet', () => {
    for (const x of [0.9375, 1.0625, 0.5, 1, 2, 1.5]) {
      const [below, above] = [x * (1 - 2 ** -50), x * (1 + 2 ** -50)];
      expect(ln(above)).toBeGreaterThan(ln(below));
      expect(ln(above) - ln(below)).toBeLessThan(2 ** -47);
    }
  });

  it('gives 0 for what is too small to decide anything', () => {
    expect([exp(-700.1), exp(-Infinity), exp(NaN)]).toEqual([0, 0, 0]);
    expect(exp(-700)).toBeGreaterThan(0);
    expect(exp(0)).toBe(1);
  });
});
