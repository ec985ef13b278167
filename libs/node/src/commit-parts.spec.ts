import { createHash } from 'node:crypto';
import { sessionQueue } from '@ganglion/contracts';
import { splitCommit } from './commit-parts.js';

const key = { taskId: '0198f2a0-0000-7000-8000-000000000001', attempt: 3 };

describe('the parts of a reveal', () => {
  it('join to the text whose digest they carry', () => {
    const text = JSON.stringify({ words: Array.from({ length: 60_000 }, (_, index) => `"${index}" ü 🙂`) });
    const parts = splitCommit(text, key);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.map(({ data }) => data).join('')).toBe(text);
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => index));
    for (const part of parts) {
      expect(part).toMatchObject({ ...key, parts: parts.length });
      expect(part.digest).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });

  it('stay below half of what the broker carries, whatever the text', () => {
    for (const character of ['"', '\\', '字', '🙂', 'a']) {
      for (const part of splitCommit(character.repeat(400_000), key)) {
        expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(500_000);
        expect(part.data).not.toMatch(/\p{Surrogate}/u);
        expect(sessionQueue.commit.input.safeParse(part).success).toBe(true);
      }
    }
  });

  it('are one for a short text, and one for none', () => {
    expect(splitCommit('{}', key)).toHaveLength(1);
    expect(splitCommit('', key)).toHaveLength(1);
  });

  it('are refused when there would be more than 64', () => {
    expect(splitCommit('x'.repeat(64), key, 1)).toHaveLength(64);
    expect(() => splitCommit('x'.repeat(65), key, 1)).toThrow(/65 of 64 parts/);
  });
});
