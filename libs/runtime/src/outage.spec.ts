import { Fault } from '@ganglion/contracts';
import { Outage, outlast } from './outage.js';

const away = new Fault('UNAVAILABLE', 'the server is away');

describe('an outage', () => {
  const said: string[] = [];
  const note = (text: string): void => void said.push(text);
  beforeEach(() => void said.splice(0));

  it('is told once when it begins and once when it is over', () => {
    const outage = new Outage('sweeping', { warn: note, log: note });
    for (let failure = 0; failure < 3; failure++) expect(outage.isPartOf(away)).toBe(true);
    expect(outage.backOffMs()).toBeGreaterThan(0);
    outage.over();
    outage.over();
    expect(said).toEqual(['sweeping: waiting, the server is away', 'sweeping: works again after 3 tries']);
    expect(outage.backOffMs()).toBe(0);
  });

  it('is not a bug', () => {
    expect(new Outage('sweeping', { warn: note, log: note }).isPartOf(new TypeError('no'))).toBe(false);
    expect(said).toEqual([]);
  });
});

describe('what outlasts an outage', () => {
  it('is done again until it is done', async () => {
    let tries = 0;
    const work = async (): Promise<number> => {
      if (++tries < 3) throw away;
      return tries;
    };
    expect(await outlast('a start', work)).toBe(3);
  });

  it('throws a bug at once', async () => {
    let tries = 0;
    const work = async (): Promise<void> => {
      tries++;
      throw new TypeError('no');
    };
    await expect(outlast('a start', work)).rejects.toThrow('no');
    expect(tries).toBe(1);
  });
});
