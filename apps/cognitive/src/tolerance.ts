import { calibratedTolerances, type Tolerances } from '@ganglion/inference/audit';
import { z } from 'zod';

/** How far an honest answer may be from what a verifier computes; by model digest, model or quantisation. */
export const toleranceTable = z.record(
  z.string(),
  z.strictObject({
    /** Of the logits of evidence, in 1/256. */
    evidence: z.int().positive(),
    /** Between final scores at temperature 1, in logits. */
    gap: z.number().positive(),
  }),
);
export type ToleranceTable = z.infer<typeof toleranceTable>;

/** What was measured of the models that come with the software. */
export const calibrated: ToleranceTable = calibratedTolerances;

/** Two machines of different classes are each as far off as one is from itself. */
const ACROSS_CLASSES = 2;

export interface Checked {
  readonly modelDigest: string;
  readonly model: string;
  readonly quantisation: string;
  readonly isSameClass: boolean;
}

/** What is tolerable here; undefined for a model that nobody has calibrated: nothing can be said of its answers. */
export const tolerancesFor = (table: ToleranceTable, checked: Checked): Tolerances | undefined => {
  const { modelDigest, model, quantisation, isSameClass } = checked;
  const found = table[modelDigest] ?? table[model] ?? table[quantisation];
  if (!found || isSameClass) return found;
  return { evidence: ACROSS_CLASSES * found.evidence, gap: ACROSS_CLASSES * found.gap };
};
