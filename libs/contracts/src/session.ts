import { z } from 'zod';
import { eventSearch } from './event-log.js';
import { keyLimits, keyPage, keyView, scope, usageDays } from './api-key.js';
import { frozenRequest, taskSubmitted } from './inference.js';
import { event, request } from './message.js';
import { sessionState, taskState, transition } from './state.js';
import {
  count,
  hash,
  keyId,
  modelId,
  nodeId,
  owner,
  pageByUuid,
  pageOf,
  reason,
  sla,
  taskId,
  text,
  timestamp,
  uuid,
} from './value.js';

export const sessionParameters = z.strictObject({
  model: modelId,
  minNodes: z.int().min(1).max(100).default(1),
  maxNodes: z.int().min(1).max(100).default(1),
  redundancy: z.int().min(1).max(5).default(1),
  mode: z.enum(['ephemeral', 'hybrid', 'dedicated']).default('ephemeral'),
  sla: sla.default('low'),
  ttlSeconds: z
    .int()
    .min(10)
    .max(7 * 86_400)
    .default(3_600),
  reserveSeconds: z
    .int()
    .min(10)
    .max(7 * 86_400)
    .default(3_600),
  maxTasks: z.int().min(1).max(1_000_000).default(1_000),
  name: text.max(128).optional(),
  metadata: z.record(text.max(64), text.max(512)).optional(),
});
export type SessionParameters = z.infer<typeof sessionParameters>;

export const sessionView = z.object({
  sessionId: uuid,
  kind: z.enum(['shared', 'explicit']),
  owner,
  state: sessionState,
  reason: reason.nullable(),
  parameters: sessionParameters,
  nodes: z.array(nodeId),
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
  history: z.array(transition),
});
export type SessionView = z.infer<typeof sessionView>;

export const apiKeyFacts = z.object({
  keyId,
  name: z.string(),
  scopes: z.array(scope),
  /** Sessions of earlier versions know none. */
  limits: keyLimits.optional(),
});
export type ApiKeyFacts = z.infer<typeof apiKeyFacts>;

const keyName = text.min(1).max(128);

export const session = {
  /** Who owns the API key with this SHA-256? `UNAUTHENTICATED` if nobody does. */
  authenticate: request('session', 'authenticate', {
    input: z.strictObject({ keyHash: hash }),
    output: apiKeyFacts,
  }),
  /** Makes an API key; its text is in the answer once and never again. */
  createKey: request('session', 'create-key', {
    input: z.strictObject({
      name: keyName,
      scopes: z.array(scope).min(1),
      /** Those that are left out: without limit. */
      limits: keyLimits.partial().optional(),
    }),
    output: apiKeyFacts.extend({ apiKey: z.string() }),
  }),
  /** What a key is called and may do; `NOT_FOUND` when there is none with this id, or it was revoked. */
  getKey: request('session', 'get-key', {
    input: z.strictObject({ keyId: uuid }),
    output: apiKeyFacts,
  }),
  /** API keys, the newest first; those that were revoked only if they are wanted too. */
  listKeys: request('session', 'list-keys', {
    input: pageByUuid.extend({ revoked: z.boolean().default(false) }),
    output: keyPage,
  }),
  /** Changes what is named, and leaves the rest; `NOT_FOUND` as `getKey`. */
  changeKey: request('session', 'change-key', {
    input: z.strictObject({
      keyId: uuid,
      name: keyName.optional(),
      limits: keyLimits.partial().optional(),
    }),
    output: keyView,
  }),
  revokeKey: request('session', 'revoke-key', {
    input: z.strictObject({ keyId: uuid }),
    output: z.object({}),
  }),
  /** Accepts a task into a session: the named one, or the model's shared session. */
  submit: request('session', 'submit', {
    input: z.strictObject({
      taskId,
      keyId,
      sessionId: uuid.nullable(),
      redundancy: z.int().min(1).max(5).nullable(),
      verify: z.enum(['after', 'before']),
      request: frozenRequest,
      timeoutSeconds: z.int().min(1).max(3_600),
    }),
    output: z.object({ taskId, sessionId: uuid, state: taskState, position: count }),
  }),
  /** Opens an explicit session; the answer is READY, or RESERVING while nodes are gathered. */
  open: request('session', 'open', {
    input: z.strictObject({ keyId, parameters: sessionParameters }),
    output: sessionView,
  }),
  get: request('session', 'get', { input: z.strictObject({ sessionId: uuid }), output: sessionView }),
  /** The newest first. */
  list: request('session', 'list', {
    input: pageByUuid.extend({ owner, state: sessionState.optional() }),
    output: pageOf(sessionView),
  }),
  close: request('session', 'close', { input: z.strictObject({ sessionId: uuid }), output: sessionView }),
  usage: request('session', 'usage', {
    input: z.strictObject({ keyId }),
    output: z.object({ tasks: count, promptTokens: count, completionTokens: count }),
  }),
  /** What happened in this module, the newest first. */
  events: request('session', 'events', eventSearch),
  /** What each key has used on each day in UTC, both days included; days without use are left out. */
  usageDays: request('session', 'usage-days', {
    input: z.strictObject({ from: z.iso.date(), to: z.iso.date() }),
    output: usageDays,
  }),

  taskSubmitted: event('session', 'task-submitted', taskSubmitted),
  sessionChanged: event(
    'session',
    'session-changed',
    z.object({
      sessionId: uuid,
      state: sessionState,
      reason: reason.nullable(),
      version: count,
      at: timestamp,
    }),
  ),
  keyRevoked: event('session', 'key-revoked', z.object({ keyId, keyHash: hash })),
  /** Its name or limits are others now. */
  keyChanged: event('session', 'key-changed', z.object({ keyId, keyHash: hash })),
};
