import type { WorkSpan } from '@ganglion/contracts';
import { concurrencyOf } from './concurrency.js';

const span = (from: number, first: number | null, end: number | null): WorkSpan => ({ from, first, end });

describe('requests at the same time', () => {
  it('are those whose answers overlap', () => {
    expect(concurrencyOf([span(0, 10, 500), span(2, 20, 520), span(4, 30, 480)])).toEqual({
      asked: 3,
      seen: 3,
      waited: false,
    });
  });

  it('are one where each begins when the one before has ended', () => {
    expect(concurrencyOf([span(0, 10, 500), span(2, 510, 1_000), span(4, 1_010, 1_500)])).toEqual({
      asked: 3,
      seen: 1,
      waited: true,
    });
  });

  it('are two where two of four have to wait', () => {
    const spans = [span(0, 10, 500), span(2, 20, 520), span(4, 530, 900), span(6, 540, 910)];
    expect(concurrencyOf(spans)).toEqual({ asked: 4, seen: 2, waited: true });
  });

  it('hold one that never began to have waited', () => {
    expect(concurrencyOf([span(0, 10, 500), span(2, null, null)])).toEqual({
      asked: 2,
      seen: 1,
      waited: true,
    });
  });

  it('say nothing of a node that answers faster than the next request comes', () => {
    expect(concurrencyOf([span(0, 10, 40), span(50, 58, 90), span(100, 109, 140)])).toEqual({
      asked: 3,
      seen: 1,
      waited: false,
    });
  });

  it('do not take reading one after the other for waiting', () => {
    // The first answer is over before the third prompt is read: it was a short one.
    expect(concurrencyOf([span(0, 50, 120), span(0, 100, 300), span(0, 150, 350)])).toMatchObject({
      seen: 2,
      waited: false,
    });
  });

  it('are none where nothing was seen', () => {
    expect(concurrencyOf([null, null])).toEqual({ asked: 2, seen: 0, waited: false });
    expect(concurrencyOf([span(0, null, null), null])).toEqual({ asked: 2, seen: 0, waited: false });
    expect(concurrencyOf([null, span(0, 10, 100)])).toEqual({ asked: 2, seen: 1, waited: false });
  });
});
