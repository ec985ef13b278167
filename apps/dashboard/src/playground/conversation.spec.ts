import { messagesOf, newTurn, noPace, Stopwatch } from './conversation.js';

describe('the stopwatch', () => {
  it('knows nothing before the first piece', () => {
    expect(new Stopwatch(0).read()).toEqual(noPace);
  });

  it('takes the first piece for the wait, and the rest for the speed', () => {
    const watch = new Stopwatch(1_000);
    watch.hear(1, 1_250);
    expect(watch.read()).toEqual({ ttftMs: 250, tokensPerSecond: null, tokens: 1 });
    watch.hear(11, 2_250);
    expect(watch.read()).toEqual({ ttftMs: 250, tokensPerSecond: 10, tokens: 11 });
  });

  it('names no speed when all came at once', () => {
    const watch = new Stopwatch(0);
    watch.hear(4, 10);
    watch.hear(8, 10);
    expect(watch.read().tokensPerSecond).toBeNull();
  });
});

describe('what the model is sent', () => {
  it('is the system text, what was said, and the question', () => {
    const turns = [{ ...newTurn(1, 'Hi'), answer: 'Hello' }, newTurn(2, 'unanswered')];
    expect(messagesOf('Be brief.', turns, 'Who?')).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'Who?' },
    ]);
  });

  it('has no empty system text', () => {
    expect(messagesOf('  ', [], 'Who?')).toEqual([{ role: 'user', content: 'Who?' }]);
  });
});
