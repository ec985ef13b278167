import type { Token } from '@ganglion/contracts';
import { EventBuffer } from './event-buffer.js';
import type { RelayEvent } from './relay.js';

const shown = (choice: number, index: number, ...texts: string[]): RelayEvent => ({
  type: 'shown',
  choice,
  index,
  tokens: texts.map((text): Token => [1, text]),
  link: index.toString(16).padStart(64, '0'),
});

const drain = async (buffer: EventBuffer): Promise<RelayEvent[]> => {
  buffer.close();
  const events: RelayEvent[] = [];
  for (let event = await buffer.next(); event; event = await buffer.next()) events.push(event);
  return events;
};

describe('EventBuffer', () => {
  it('gives an event to a reader that waits', async () => {
    const buffer = new EventBuffer();
    const next = buffer.next();
    buffer.push(shown(0, 1, 'a'));
    await expect(next).resolves.toMatchObject({ index: 1 });
  });

  it('joins unread pieces of a choice, under the last index and link', async () => {
    const buffer = new EventBuffer();
    for (const event of [shown(0, 1, 'a'), shown(1, 1, 'x'), shown(0, 2, 'b'), shown(1, 2, 'y')])
      buffer.push(event);
    expect(await drain(buffer)).toEqual([shown(0, 2, 'a', 'b'), shown(1, 2, 'x', 'y')]);
  });

  it('joins their log-probabilities too', async () => {
    const buffer = new EventBuffer();
    const logged = (index: number): RelayEvent =>
      ({ ...shown(0, index, 'a'), logprobs: [[[index, -1, 'a']]] }) as RelayEvent;
    buffer.push(logged(1));
    buffer.push(logged(2));
    expect(await drain(buffer)).toEqual([
      { ...shown(0, 2, 'a', 'a'), logprobs: [[[1, -1, 'a']], [[2, -1, 'a']]] },
    ]);
  });

  it('does not join across another event', async () => {
    const buffer = new EventBuffer();
    const position: RelayEvent = { type: 'position', position: 2, etaMs: null };
    for (const event of [shown(0, 1, 'a'), position, shown(0, 2, 'b')]) buffer.push(event);
    expect(await drain(buffer)).toEqual([shown(0, 1, 'a'), position, shown(0, 2, 'b')]);
  });

  it('keeps only the last of the unread positions', async () => {
    const buffer = new EventBuffer();
    for (const position of [3, 2, 1]) buffer.push({ type: 'position', position, etaMs: null });
    expect(await drain(buffer)).toEqual([{ type: 'position', position: 1, etaMs: null }]);
  });

  it('refuses more once a reader is a megabyte behind, and takes again when it has read', async () => {
    const buffer = new EventBuffer();
    let taken = 0;
    while (taken < 100 && buffer.push(shown(0, taken + 1, 'x'.repeat(100_000)))) taken += 1;
    expect(taken).toBe(10);
    await buffer.next();
    expect(buffer.push(shown(0, taken + 1, 'y'))).toBe(true);
  });

  it('ends a reader that waits when it is closed', async () => {
    const buffer = new EventBuffer();
    const next = buffer.next();
    buffer.close();
    await expect(next).resolves.toBeUndefined();
  });
});
