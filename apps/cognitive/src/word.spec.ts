import { Fault, type TaskView } from '@ganglion/contracts';
import { HELD_UP_MS, wordOf } from './word.js';

const start = Date.parse('2030-01-01T00:00:00.000Z');
const at = (ms: number): Date => new Date(start + ms);
const ALLOW_MS = 10_000;
const deadlineAt = at(ALLOW_MS);

type Attempt = { state: TaskView['attempts'][number]['state']; offeredMs?: number };
const view = (attempts: Attempt[], reason: TaskView['reason'] = null) => ({
  reason,
  attempts: attempts.map(({ state, offeredMs = 0 }) => ({ state, offeredAt: at(offeredMs).toISOString() })),
});
const word = (outcome: unknown, ms: number, state: 'PRECOMMITTING' | 'COMMITTING' = 'PRECOMMITTING') =>
  wordOf(outcome, { state, now: at(ms), deadlineAt, allowMs: ALLOW_MS });

describe('the word of the queue', () => {
  it('is that a node is late when it has had its task for as long as it may', () => {
    expect(word(view([{ state: 'STREAMING' }]), ALLOW_MS)).toBe('late');
    expect(word(view([{ state: 'REFUSED' }, { state: 'OFFERED', offeredMs: 9_000 }]), ALLOW_MS)).toBe('late');
  });

  it('is waited for while a node may still be at work on what it was offered late', () => {
    const offeredLate = view([{ state: 'ACKED', offeredMs: 3_000 }]);
    expect(word(offeredLate, ALLOW_MS)).toBeNull();
    expect(word(offeredLate, ALLOW_MS + 2_999)).toBeNull();
    expect(word(offeredLate, ALLOW_MS + 3_000)).toBe('late');
  });

  it('is that a node was not asked when it was offered nothing, or far too late', () => {
    for (const unasked of [view([]), view([{ state: 'ACKED', offeredMs: 15_000 }])]) {
      expect(word(unasked, ALLOW_MS + HELD_UP_MS - 1)).toBeNull();
      expect(word(unasked, ALLOW_MS + HELD_UP_MS)).toBe('unasked');
    }
  });

  it('is what the node has given, heard of or not', () => {
    expect(word(view([{ state: 'LOST' }, { state: 'PRECOMMITTED' }]), ALLOW_MS)).toBe('bound');
    expect(word(view([{ state: 'ACCEPTED' }]), ALLOW_MS)).toBe('answered');
    expect(word(view([{ state: 'COMMITTED' }]), ALLOW_MS, 'COMMITTING')).toBeNull();
    expect(word(view([{ state: 'COMMITTED' }]), ALLOW_MS + HELD_UP_MS, 'COMMITTING')).toBe('answered');
  });

  it('is by whose fault a task has ended', () => {
    const ended = (code: string) => view([{ state: 'CANCELLED' }], { code, message: 'it ended' });
    expect(word(ended('miner_lost'), ALLOW_MS)).toBe('late');
    expect(word(ended('stream_lost'), ALLOW_MS)).toBe('unknown');
  });

  it('is unknown when nobody gives it for long, and a bug is none', () => {
    const away = new Fault('UNAVAILABLE', 'nobody answers');
    expect(word(away, ALLOW_MS)).toBeNull();
    expect(word(away, ALLOW_MS + HELD_UP_MS)).toBe('unknown');
    expect(() => word(new TypeError('a bug'), ALLOW_MS)).toThrow('a bug');
  });
});
