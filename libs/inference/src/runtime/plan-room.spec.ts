import { planRoom } from './plan-room.js';

/** 1,000 bytes a token. */
const shape = { layers: 5, keyValueHeads: 5, headSize: 5, cacheType: 'float32' } as const;
const plan = (wanted: number, memory: number, mayShrink = true): ReturnType<typeof planRoom> =>
  planRoom(shape, wanted, { slots: 4, mayShrink, memory });

describe('the room for attention state', () => {
  it('is a whole context for every row where half of the memory holds them', () => {
    expect(plan(2048, 100e6)).toEqual({
      room: { rows: 4, capacity: 2048, longestRun: 79 },
      tokens: 4 * 2048,
    });
  });

  it('is what half of the memory holds for all rows together', () => {
    expect(plan(2048, 10e6)).toMatchObject({ room: { capacity: 2048 }, tokens: 5000 });
  });

  it('shrinks the context, and says so, rather than have none', () => {
    const { room, tokens, shortage } = plan(131_072, 20e6);
    expect([room.capacity, tokens]).toEqual([10_000, 10_000]);
    expect(shortage).toBe(
      'a context of 131072 tokens takes 0.1 GB, and half of the free memory holds 10000 tokens',
    );
  });

  it('is refused where the context was asked for, or would be too small for any use', () => {
    const refusal = { code: 'ENGINE_FAILED', field: 'contextLength' };
    const refusalOf = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return error;
      }
    };
    expect(refusalOf(() => plan(131_072, 20e6, false))).toMatchObject(refusal);
    expect(refusalOf(() => plan(131_072, 2e6))).toMatchObject(refusal);
  });
});
