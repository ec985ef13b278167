import type { RoundView } from '@ganglion/contracts';
import { speedsOf } from './speeds.js';

const round = (at: string, speeds: Record<string, number | null>): RoundView =>
  ({
    verdicts: Object.entries(speeds).map(([nodeId, tokensPerSecond]) => ({
      nodeId,
      at,
      measured: { tokensPerSecond },
    })),
  }) as unknown as RoundView;

describe('the speeds of a node', () => {
  it('are those that its own tests have measured, the oldest first', () => {
    const rounds = [
      round('2026-01-03T00:00:00.000Z', { a: 30, b: 1 }),
      round('2026-01-02T00:00:00.000Z', { a: null }),
      round('2026-01-01T00:00:00.000Z', { a: 10 }),
    ];
    expect(speedsOf(rounds, 'a')).toEqual([
      { at: '2026-01-01T00:00:00.000Z', tokensPerSecond: 10 },
      { at: '2026-01-03T00:00:00.000Z', tokensPerSecond: 30 },
    ]);
  });
});
