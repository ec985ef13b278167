import { z } from 'zod';

/** The states of every lifecycle (the moves between them are tables in the module that owns the row). */
export const nodeStates = [
  'REGISTERED',
  'TESTING',
  'EPHEMERAL',
  'RESERVED',
  'QUARANTINED',
  'OFFLINE',
  'DRAINING',
  'RETIRED',
] as const;
export const sessionStates = [
  'REQUESTED',
  'RESERVING',
  'READY',
  'DEGRADED',
  'CLOSING',
  'CLOSED',
  'FAILED',
  'EXPIRED',
] as const;
export const taskStates = [
  'QUEUED',
  'DISPATCHED',
  'STREAMING',
  'PRECOMMITTED',
  'REVEALING',
  'FINALISED',
  'CANCELLING',
  'CANCELLED',
  'FAILED',
  'EXPIRED',
] as const;
export const attemptStates = [
  'OFFERED',
  'ACKED',
  'STREAMING',
  'PRECOMMITTED',
  'COMMITTED',
  'ACCEPTED',
  'REFUSED',
  'REJECTED',
  'LOST',
  'CANCELLED',
] as const;
export const assignmentStates = ['ACTIVE', 'ENDING', 'ENDED'] as const;
export const roundStates = [
  'REQUESTED',
  'CREATED',
  'PREPARED',
  'STARTED',
  'PRECOMMITTING',
  'COMMITTING',
  'ENDED',
  'ABORTED',
] as const;
export const auditStates = [
  'DRAWN',
  'SCORING',
  'CONFIRMING',
  'PASSED',
  'FAILED',
  'UNDECIDED',
  'UNVERIFIABLE',
] as const;
const verificationStates = ['ASKED', 'PASSED', 'FAILED', 'SILENT', 'REFUSED'] as const;

export const nodeState = z.enum(nodeStates);
export const sessionState = z.enum(sessionStates);
export const taskState = z.enum(taskStates);
export const attemptState = z.enum(attemptStates);
export const assignmentState = z.enum(assignmentStates);
export const roundState = z.enum(roundStates);
export const auditState = z.enum(auditStates);
export const verificationState = z.enum(verificationStates);
export type NodeState = z.infer<typeof nodeState>;
export type SessionState = z.infer<typeof sessionState>;
export type TaskState = z.infer<typeof taskState>;
export type AttemptState = z.infer<typeof attemptState>;
export type AssignmentState = z.infer<typeof assignmentState>;
export type RoundState = z.infer<typeof roundState>;
export type AuditState = z.infer<typeof auditState>;
export type VerificationState = z.infer<typeof verificationState>;

/** One row of a lifecycle's history. */
export const transition = z.object({
  state: z.string(),
  at: z.iso.datetime(),
  reason: z.string().nullable(),
});
