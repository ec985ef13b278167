import type { Tolerances } from './propose-tolerances.js';

/** By model digest: what `ganglion model calibrate` proposed for the bundled models (`calibrations/`). */
export const calibratedTolerances: Readonly<Record<string, Tolerances>> = {
  // bundled:tiny, int8
  '8bbbd67de2b22c9318f24dba5db97804fb49b811d7c3d3c8074a5b2f95f81831': { evidence: 41, gap: 0.297 },
};
