const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/**
 * A text of exactly so many tokens: the benchmark's models have one token per byte. Texts of different seeds share no
 * prefix worth keeping, so nothing can be answered from an earlier prompt.
 */
export function promptText(tokens: number, seed: number): string {
  let state = (seed * 2654435761 + 12345) >>> 0;
  let text = '';
  while (text.length < tokens) {
    // Numerical Recipes' generator; its upper bits are good enough to draw letters.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += LETTERS[(state >>> 16) % LETTERS.length];
  }
  return text;
}
