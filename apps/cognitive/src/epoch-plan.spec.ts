import { LEAD_MS, nextEpoch, SETTLE_MS, settledBefore, type Span } from './epoch-plan.js';

const settings = { baseRate: 20_000, epochMs: 60_000 };
const at = (ms: number): Date => new Date(Date.parse('2030-01-01T00:00:00Z') + ms);
const span = (from: number, to: number): Span => ({ startsAt: at(from), endsAt: at(to) });

describe('the plan of epochs', () => {
  it('announces the first one before it starts', () => {
    expect(nextEpoch(null, settings, at(0))).toEqual(span(LEAD_MS, LEAD_MS + 60_000));
  });

  it('announces nothing while one is ahead, and the next one as soon as that begins', () => {
    const last = span(10_000, 70_000);
    expect(nextEpoch(last, settings, at(9_999))).toBeNull();
    expect(nextEpoch(last, settings, at(10_000))).toEqual(span(70_000, 130_000));
  });

  it('never announces one that has begun: after an outage the next one starts later', () => {
    const last = span(0, 60_000);
    expect(nextEpoch(last, settings, at(55_000))).toEqual(span(65_000, 125_000));
    expect(nextEpoch(last, settings, at(500_000))).toEqual(span(510_000, 570_000));
  });

  it('announces none where nothing is audited', () => {
    expect(nextEpoch(null, { ...settings, baseRate: 0 }, at(0))).toBeNull();
    expect(nextEpoch(span(0, 60_000), { ...settings, baseRate: 0 }, at(30_000))).toBeNull();
  });

  it('leaves events of the last precommits the time to come', () => {
    expect(settledBefore(at(SETTLE_MS))).toEqual(at(0));
  });
});
