import { z } from 'zod';
import { nodeActionBody } from './admin.js';
import { verifierSearch } from './audit.js';
import { challenge } from './challenge.js';
import { declaration, modelDefaults } from './declaration.js';
import { eventSearch } from './event-log.js';
import { event, nodeRequest, request } from './message.js';
import { nodeView } from './node-view.js';
import { examinerSearch } from './round.js';
import { nodeState, transition } from './state.js';
import {
  count,
  hash,
  keyId,
  modelId,
  nodeId,
  owner,
  page,
  pageByUuid,
  pageOf,
  positiveInt,
  reason,
  sla,
  smallCount,
  text,
  timestamp,
  uuid,
} from './value.js';

export const modelView = z.object({
  id: modelId,
  digest: hash,
  contextLength: positiveInt,
  quantisation: z.string(),
  parameters: count.nullable(),
  defaults: modelDefaults,
  registeredAt: timestamp,
  /** Nodes that serve it now, free or reserved. */
  nodes: count,
});
export type ModelView = z.infer<typeof modelView>;

/** A join token without its text. */
export const joinTokenView = z.object({
  tokenId: uuid,
  name: z.string(),
  /** The API key whose sessions alone its nodes serve; null: everyone's. */
  owner: z.string().nullable(),
  mayRegisterModels: z.boolean(),
  maxNodes: positiveInt,
  /** Nodes that joined with it so far. */
  nodes: count,
  createdAt: timestamp,
  expiresAt: timestamp,
});
export type JoinTokenView = z.infer<typeof joinTokenView>;

const nodeFact = z.object({
  nodeId,
  state: nodeState,
  reason: reason.nullable(),
  modelDigest: hash,
  sessionId: uuid.nullable(),
  version: count,
  at: timestamp,
});

export const nodePool = {
  /** A random value to sign: proof of the node's key when it joins. */
  nonce: request('node-pool', 'nonce', {
    input: z.strictObject({}),
    output: z.object({ nonce: hash, expiresAt: timestamp }),
  }),
  /** Registers a node, or greets it again, and issues its broker credential. */
  join: request('node-pool', 'join', {
    input: z.strictObject({
      nodeId,
      token: text.max(256).optional(),
      nonce: hash,
      /** Ed25519 over the UTF-8 bytes of `ganglion/join/v1\0<nonce>`, in hex. */
      signature: z.string().regex(/^[0-9a-f]{128}$/),
      declared: declaration,
    }),
    output: z.object({ jwt: z.string(), expiresAt: timestamp, natsUrls: z.array(z.string()) }),
  }),
  /** Makes a join token; its text is in the answer once and never again. */
  createJoinToken: request('node-pool', 'create-join-token', {
    input: z.strictObject({
      name: text.max(128).default(''),
      /** The id of the API key whose sessions alone its nodes shall serve; left out: everyone's. */
      owner: text.min(1).max(128).nullable().default(null),
      maxNodes: z.int().min(1).max(10_000).default(1),
      ttlSeconds: z
        .int()
        .min(60)
        .max(10 * 366 * 86_400)
        .default(86_400),
      mayRegisterModels: z.boolean().default(false),
    }),
    output: joinTokenView.extend({ token: z.string() }),
  }),
  listJoinTokens: request('node-pool', 'list-join-tokens', {
    input: pageByUuid,
    output: pageOf(joinTokenView),
  }),
  /** Nobody joins with it any more; nodes that did stay. */
  revokeJoinToken: request('node-pool', 'revoke-join-token', {
    input: z.strictObject({ tokenId: uuid }),
    output: z.object({}),
  }),
  get: request('node-pool', 'get', {
    input: z.strictObject({ nodeId }),
    output: nodeView.extend({ history: z.array(transition) }),
  }),
  list: request('node-pool', 'list', {
    input: page.extend({ state: nodeState.optional() }),
    output: pageOf(nodeView),
  }),
  /** Candidates for a session, best first, and how many nodes could ever serve it. */
  find: request('node-pool', 'find', {
    input: z.strictObject({
      modelDigest: hash,
      mode: z.enum(['ephemeral', 'hybrid', 'dedicated']),
      owner,
      limit: z.int().min(1).max(200),
      /** The network's nodes below its level are left out of the candidates; an owner's own never are. */
      sla: sla.optional(),
    }),
    output: z.object({
      candidates: z.array(nodeView),
      /** Nodes with the model, or that may load it, in any state that may come back to EPHEMERAL. */
      total: count,
      /** Those of them that are in their test now: they may be free soon. */
      testing: count,
      /** Those that are away to load the model. */
      loading: count.optional(),
    }),
  }),
  /** Has idle nodes that may load the model do so, as no other is free; how many are loading it then. */
  load: request('node-pool', 'load', {
    input: z.strictObject({
      modelDigest: hash,
      mode: z.enum(['ephemeral', 'hybrid', 'dedicated']),
      owner,
      limit: z.int().min(1).max(100),
      sla: sla.optional(),
    }),
    output: z.object({ loading: count }),
  }),
  /**
   * Nodes that could check an answer of this one: healthy, with the model, of the same owner (or, as it, of none); those
   * of its determinism class first, then the free ones.
   */
  findVerifiers: request('node-pool', 'find-verifiers', verifierSearch),
  /** Tested nodes that could make a test for these nodes, the best known first; never a dedicated one. */
  findExaminers: request('node-pool', 'find-examiners', examinerSearch),
  /** EPHEMERAL → RESERVED for one session; `CONFLICT` when another was faster. */
  reserve: request('node-pool', 'reserve', {
    input: z.strictObject({ nodeId, sessionId: uuid }),
    output: nodeView,
  }),
  /** RESERVED → TESTING for a node that was reserved but never assigned. */
  release: request('node-pool', 'release', {
    input: z.strictObject({ nodeId, sessionId: uuid, reason }),
    output: nodeView,
  }),
  /** What an operator does with a node; `CONFLICT` names its state and what may be done there. */
  act: request('node-pool', 'act', {
    input: nodeActionBody.extend({ nodeId, by: keyId }),
    output: nodeView,
  }),
  /** How many nodes are in each state; one without nodes may be left out. */
  counts: request('node-pool', 'counts', {
    input: z.strictObject({}),
    output: z.object({ nodes: z.partialRecord(nodeState, count) }),
  }),
  /** What happened in this module, the newest first. */
  events: request('node-pool', 'events', eventSearch),
  models: request('node-pool', 'models', {
    input: z.strictObject({}),
    output: z.object({ models: z.array(modelView) }),
  }),
  /** The clock's turn: marks the silent, wakes the quarantined, lists who is due for a test and whom to probe. */
  sweep: request('node-pool', 'sweep', {
    input: z.strictObject({ epoch: smallCount }),
    output: z.object({
      due: z.array(
        z.object({
          modelDigest: hash,
          model: modelId,
          nodeIds: z.array(nodeId),
          challenges: z.array(challenge),
          /** They are at work for a session meanwhile. */
          serving: z.boolean().optional(),
        }),
      ),
      probe: z.array(nodeId),
    }),
  }),

  heartbeat: nodeRequest('node-pool', 'heartbeat', {
    input: z.strictObject({ at: timestamp, busySlots: count, slots: positiveInt, rssBytes: count }),
    output: z.object({ state: nodeState }),
  }),
  /** A fresh credential for the same key, before the old one expires. */
  renew: nodeRequest('node-pool', 'renew', {
    input: z.strictObject({}),
    output: z.object({ jwt: z.string(), expiresAt: timestamp, natsUrls: z.array(z.string()) }),
  }),
  /** The node's operator wants it out: it finishes what it has, then leaves. */
  leave: nodeRequest('node-pool', 'leave', {
    input: z.strictObject({}),
    output: z.object({ state: nodeState }),
  }),

  nodeRegistered: event('node-pool', 'node-registered', nodeFact),
  nodeTesting: event('node-pool', 'node-testing', nodeFact),
  nodeEphemeral: event('node-pool', 'node-ephemeral', nodeFact),
  nodeReserved: event('node-pool', 'node-reserved', nodeFact),
  nodeQuarantined: event('node-pool', 'node-quarantined', nodeFact),
  nodeOffline: event('node-pool', 'node-offline', nodeFact),
  nodeDraining: event('node-pool', 'node-draining', nodeFact),
  nodeRetired: event('node-pool', 'node-retired', nodeFact),
  modelRegistered: event(
    'node-pool',
    'model-registered',
    z.object({ id: modelId, digest: hash, at: timestamp }),
  ),
};
