import { Deck } from './deck.js';
import { groupsOf } from './groups.js';

const challenges = ['a', 'b', 'c', 'd'].map((prompt) => ({ prompt, answer: prompt, maxTokens: 4 }));

describe('the deck of challenges', () => {
  it('draws each once before any comes again', () => {
    const deck = new Deck();
    for (let turn = 0; turn < 3; turn++) {
      const drawn = challenges.map(() => deck.draw('model', challenges)?.prompt);
      expect(drawn.sort()).toEqual(['a', 'b', 'c', 'd']);
    }
  });

  it('keeps the models apart', () => {
    const deck = new Deck(() => 0);
    expect(deck.draw('one', challenges)?.prompt).toBe('a');
    expect(deck.draw('two', challenges)?.prompt).toBe('a');
    expect(deck.draw('one', challenges)?.prompt).toBe('b');
  });

  it('has nothing for a model without challenges', () => {
    expect(new Deck().draw('model', [])).toBeNull();
  });

  it('leaves the choice to chance', () => {
    const deck = new Deck((below) => below - 1);
    expect(deck.draw('model', challenges)?.prompt).toBe('d');
  });
});

describe('groups', () => {
  it('hold at most eight, in order, and nobody is lost', () => {
    const items = Array.from({ length: 19 }, (_, index) => index);
    expect(groupsOf(items).map(({ length }) => length)).toEqual([8, 8, 3]);
    expect(groupsOf(items).flat()).toEqual(items);
    expect(groupsOf([])).toEqual([]);
  });
});
