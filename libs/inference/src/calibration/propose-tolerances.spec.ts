import type { Differences } from './comparison.js';
import { proposeTolerances } from './propose-tolerances.js';

const flat = (value: number) => ({ max: value, p999: value, p99: value, p50: value });
const measured = (logits: number, evidence: number, gap: number): Differences => ({
  positions: 1000,
  logits: flat(logits),
  evidence: flat(evidence),
  gap: flat(gap),
  lost: 0,
});

describe('proposed tolerances', () => {
  it('keep what was measured, with a margin of a half', () => {
    expect(proposeTolerances([measured(0.01, 3, 0.5)])).toEqual({ evidence: 5, gap: 0.75 });
  });

  it('allow for the gaps that differences of logits could make, though none was seen', () => {
    expect(proposeTolerances([measured(0.04, 11, 0)])).toEqual({ evidence: 17, gap: 0.12 });
  });

  it('are of the way to compute that is furthest off, and rounded up', () => {
    const ways = [measured(0, 0, 0), measured(0.001234, 1, 0), measured(0.0001, 0, 0)];
    expect(proposeTolerances(ways)).toEqual({ evidence: 2, gap: 0.00371 });
  });

  it('allow for the rounding of evidence alone where nothing differs', () => {
    expect(proposeTolerances([measured(0, 0, 0)])).toEqual({ evidence: 1, gap: 0 });
  });
});
