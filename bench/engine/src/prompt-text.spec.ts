import { promptText } from './prompt-text.js';

describe('a prompt', () => {
  it('has a byte for each token', () => {
    for (const tokens of [1, 64, 512]) expect(Buffer.byteLength(promptText(tokens, 3))).toBe(tokens);
  });

  it('is the same for a seed, and shares next to no prefix with that of another', () => {
    expect(promptText(64, 7)).toBe(promptText(64, 7));
    const prefixes = new Set(Array.from({ length: 200 }, (_, seed) => promptText(64, seed).slice(0, 4)));
    expect(prefixes.size).toBeGreaterThan(190);
  });
});
