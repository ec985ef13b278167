const LN2 = 0.693_147_180_559_945_3;
/** 0.7^20 / 20! is a hundredth of the last bit. */
const TERMS = 20;
/** After so many half-lives nothing is left that a number could hold. */
const MOST_HALF_LIVES = 1_074;

/**
 * What is left of 1 after `ms`: 2^(−ms / halfLifeMs), from 1 (at 0, or for a time in the future) down to 0.
 *
 * It is computed by sums, products and quotients alone, which IEEE 754 rounds in one way: a platform's own power may
 * differ in the last bit from one version to the next, and a recount must give the stored score to the last bit.
 */
export const remaining = (ms: number, halfLifeMs: number): number => {
  const halfLives = Math.max(0, ms) / halfLifeMs;
  const whole = Math.floor(halfLives);
  if (whole > MOST_HALF_LIVES) return 0;
  const x = -(halfLives - whole) * LN2;
  let left = 1;
  for (let n = TERMS; n > 0; n--) left = 1 + (x * left) / n;
  for (let n = 0; n < whole; n++) left /= 2;
  return left;
};
