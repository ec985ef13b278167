/** What a judge of scores needs of this library: no engine, and nothing native. */
export { calibratedTolerances } from './calibration/calibrated-tolerances.js';
export type { Tolerances } from './calibration/propose-tolerances.js';
export { gapTolerance } from './sampling/gap-tolerance.js';
