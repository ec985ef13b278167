import { z } from 'zod';
import { nodePlan } from './fleet-plan.js';

/** What a process of the fleet is told: its nodes with their keys (NKEY user seeds). */
export const fleetFile = z.array(z.strictObject({ key: z.string(), plan: nodePlan }));
export type FleetFile = z.infer<typeof fleetFile>;
