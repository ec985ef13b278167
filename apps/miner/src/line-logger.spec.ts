import { LineLogger } from './line-logger.js';

describe('log lines for a person', () => {
  const written = (say: (logger: LineLogger) => void): string[] => {
    const lines: string[] = [];
    say(new LineLogger((line) => lines.push(line)));
    return lines.map((line) => line.replace(/^.*? {2}/, ''));
  };

  it('are the sentence and its facts', () => {
    expect(written((logger) => logger.log({ message: 'task', tokens: 5, outcome: 'precommitted' }))).toEqual([
      'task tokens=5 outcome=precommitted',
    ]);
    expect(written((logger) => logger.warn('slow'))).toEqual(['warning: slow']);
  });

  it('leave out what Nest says of itself', () => {
    expect(written((logger) => logger.log('starting', 'InstanceLoader'))).toEqual([]);
  });
});
