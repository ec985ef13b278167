import { nodePool } from '@ganglion/contracts';
import { honest } from './behaviour.js';
import { Link } from './link.js';

const beat = { at: '2026-01-01T00:00:00.000Z', busySlots: 0, slots: 1, rssBytes: 0 };

describe('a node’s way out', () => {
  it('is closed before there is a connection', async () => {
    await expect(new Link().ask(nodePool.heartbeat, beat)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('leads through the behaviour, which may send otherwise or not at all', async () => {
    const asked: string[] = [];
    const streamed: string[] = [];
    const link = new Link({
      ...honest,
      ask: async ({ subject }) => {
        asked.push(subject);
        return { state: 'RESERVED' };
      },
      publish: (taskId) => void streamed.push(taskId),
    });
    expect(await link.ask(nodePool.heartbeat, beat)).toEqual({ state: 'RESERVED' });
    link.publish('a task', { attempt: 1, choice: 0, from: 1, tokens: [], link: 'ab'.repeat(32) });
    expect([asked, streamed]).toEqual([[nodePool.heartbeat.subject], ['a task']]);
  });
});
