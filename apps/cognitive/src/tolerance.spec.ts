import { fileURLToPath } from 'node:url';
import { manifestDigest } from '@ganglion/commitment';
import { readModel } from '@ganglion/inference';
import { calibrated, tolerancesFor } from './tolerance.js';

const table = {
  ['d'.repeat(64)]: { evidence: 1, gap: 0.1 },
  'a model': { evidence: 2, gap: 0.2 },
  q4: { evidence: 3, gap: 0.3 },
};
const checked = { modelDigest: 'e'.repeat(64), model: 'another', quantisation: 'q4', isSameClass: true };

describe('tolerances', () => {
  it('are those of the digest before those of the model before those of the quantisation', () => {
    expect(tolerancesFor(table, { ...checked, modelDigest: 'd'.repeat(64), model: 'a model' })).toEqual({
      evidence: 1,
      gap: 0.1,
    });
    expect(tolerancesFor(table, { ...checked, model: 'a model' })).toEqual({ evidence: 2, gap: 0.2 });
    expect(tolerancesFor(table, checked)).toEqual({ evidence: 3, gap: 0.3 });
  });

  it('are not guessed for a model that was not calibrated', () => {
    expect(tolerancesFor(table, { ...checked, quantisation: 'int8' })).toBeUndefined();
  });

  it('are wider between determinism classes', () => {
    expect(tolerancesFor(table, { ...checked, isSameClass: false })).toEqual({ evidence: 6, gap: 0.6 });
  });

  it('are known of the bundled model as it is now: calibrate it anew when it is changed', async () => {
    const bundled = fileURLToPath(new URL('../../../models/tiny', import.meta.url));
    const { files } = await readModel(bundled);
    expect(Object.keys(calibrated)).toContain(manifestDigest([...files]));
  });
});
