/** The 97.5 % quantile of the normal distribution: the bound holds with 95 % confidence. */
const Z = 1.959_963_984_540_054;

/**
 * The lower bound of the Wilson score interval: how often a thing succeeds at least, given `successes` in `trials`.
 * (E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
 * Statistical Association 22, 1927.) 0 without trials; decayed counts may be fractions.
 */
export const wilsonLowerBound = (successes: number, trials: number): number => {
  if (trials <= 0) return 0;
  const rate = Math.min(1, successes / trials);
  const z2 = Z * Z;
  const spread = Z * Math.sqrt((rate * (1 - rate)) / trials + z2 / (4 * trials * trials));
  return Math.max(0, (rate + z2 / (2 * trials) - spread) / (1 + z2 / trials));
};
