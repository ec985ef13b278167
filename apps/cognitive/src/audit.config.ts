import { RATE_UNITS } from '@ganglion/commitment';
import { readConfig } from '@ganglion/runtime';
import { z } from 'zod';
import type { EpochSettings } from './epoch-plan.js';
import { calibrated, toleranceTable, type ToleranceTable } from './tolerance.js';

export const AUDIT_CONFIG = Symbol('audit configuration');

export interface AuditConfig extends EpochSettings {
  readonly tolerances: ToleranceTable;
  /** What was drawn in an epoch can be recomputed for so long after its end. */
  readonly keepDays: number;
}

/**
 * `AUDIT_RATE`: the share of answers that is audited of a node with the best score, 0 to 1; others are audited up to four
 * times as often. `AUDIT_TOLERANCES`: JSON, by model digest, model or quantisation, as `ganglion model calibrate` proposes.
 * `AUDIT_KEEP_DAYS`: for how long the draws of a closed epoch are kept.
 */
export const readAuditConfig = (): AuditConfig => {
  const config = readConfig({
    AUDIT_RATE: z.coerce.number().min(0).max(1).default(0.02),
    AUDIT_EPOCH_SECONDS: z.coerce.number().int().min(10).max(604_800).default(3_600),
    AUDIT_KEEP_DAYS: z.coerce.number().int().min(1).max(3_650).default(90),
    AUDIT_TOLERANCES: z.string().default('{}').transform(parseJson).pipe(toleranceTable),
  });
  return {
    baseRate: Math.round(config.AUDIT_RATE * RATE_UNITS),
    epochMs: config.AUDIT_EPOCH_SECONDS * 1_000,
    keepDays: config.AUDIT_KEEP_DAYS,
    tolerances: { ...calibrated, ...config.AUDIT_TOLERANCES },
  };
};

const parseJson = (text: string, context: z.RefinementCtx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be JSON, such as {"tiny": {"evidence": 41, "gap": 0.297}}',
    });
    return z.NEVER;
  }
};
