import {
  type cognitive,
  Fault,
  type InputOf,
  type nodePool,
  type OutputOf,
  type PayloadOf,
  type reputation,
  type sessionQueue,
} from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { leave } from './coming-and-going.js';
import { condemn, convict, failAudit, isOutlawed, judge, rate } from './judgement.js';
import { ModelStore } from './model.store.js';
import { PopulationStore } from './population.store.js';
import { NodeStore } from './node.store.js';
import { release, reserve } from './reservation.js';
import { RevocationService } from './revocation.service.js';

/** The pool as the other modules use it. */
@Injectable()
export class NodeService {
  constructor(
    private readonly nodes: NodeStore,
    private readonly catalogue: ModelStore,
    private readonly populations: PopulationStore,
    private readonly revocations: RevocationService,
  ) {}

  async get(nodeId: string): Promise<OutputOf<typeof nodePool.get>> {
    return (await this.nodes.get(nodeId)) ?? unknown(nodeId);
  }

  async list({ limit, ...input }: InputOf<typeof nodePool.list>): Promise<OutputOf<typeof nodePool.list>> {
    const page = await this.nodes.list({ ...input, limit: limit + 1 });
    const items = page.slice(0, limit);
    return { items, nextCursor: page.length > limit ? (items.at(-1)?.nodeId ?? null) : null };
  }

  async reserve({
    nodeId,
    sessionId,
  }: InputOf<typeof nodePool.reserve>): Promise<OutputOf<typeof nodePool.reserve>> {
    return (await this.nodes.change(nodeId, (node) => reserve(node, sessionId))) ?? unknown(nodeId);
  }

  async release({
    nodeId,
    sessionId,
    reason,
  }: InputOf<typeof nodePool.release>): Promise<OutputOf<typeof nodePool.release>> {
    return (await this.nodes.change(nodeId, (node) => release(node, sessionId, reason))) ?? unknown(nodeId);
  }

  async models(): Promise<OutputOf<typeof nodePool.models>> {
    return { models: await this.catalogue.list() };
  }

  async leave(nodeId: string): Promise<OutputOf<typeof nodePool.leave>> {
    const { state } = (await this.nodes.change(nodeId, leave)) ?? unknown(nodeId);
    return { state };
  }

  async judge(verdict: PayloadOf<typeof cognitive.verdictGiven>, eventId: string): Promise<void> {
    const modelDigest = await this.nodes.modelOf(verdict.nodeId);
    if (modelDigest === undefined) return;
    const known = await this.populations.countKnown(modelDigest);
    await this.nodes.change(verdict.nodeId, (node, now) => judge(node, verdict, { now, known }), { eventId });
  }

  async condemn(fact: PayloadOf<typeof sessionQueue.attemptRejected>, eventId: string): Promise<void> {
    await this.nodes.change(fact.nodeId, (node, now) => condemn(node, fact.reason, now), { eventId });
  }

  /** Only what two verifiers found false, or the evidence itself, speaks against a node. */
  async audited(
    { nodeId, outcome, reasons }: PayloadOf<typeof cognitive.auditEnded>,
    eventId: string,
  ): Promise<void> {
    if (outcome !== 'failed') return;
    await this.nodes.change(nodeId, (node, now) => failAudit(node, reasons, now), { eventId });
  }

  async outvoted(
    { nodeId, reason }: PayloadOf<typeof cognitive.verifierOutvoted>,
    eventId: string,
  ): Promise<void> {
    await this.nodes.change(nodeId, (node, now) => convict(node, reason, now), { eventId });
  }

  async convict(
    { nodeId, reason }: PayloadOf<typeof sessionQueue.nodeMisbehaved>,
    eventId: string,
  ): Promise<void> {
    // To shut out is final and may be repeated, so a redelivery after a crash in between does it again.
    if (isOutlawed(reason)) await this.revocations.revoke(nodeId, reason);
    else await this.nodes.change(nodeId, (node, now) => convict(node, reason, now), { eventId });
  }

  async takeBack(fact: PayloadOf<typeof sessionQueue.assignmentEnded>, eventId: string): Promise<void> {
    await this.nodes.change(fact.nodeId, (node) => release(node, fact.sessionId, fact.reason), { eventId });
  }

  async rate(fact: PayloadOf<typeof reputation.scoreChanged>, eventId: string): Promise<void> {
    await this.nodes.change(fact.nodeId, (node) => rate(node, fact), { eventId });
  }
}

const unknown = (nodeId: string): never => {
  throw new Fault('NOT_FOUND', `nodeId: ${nodeId} is not known; list the nodes to see which are`);
};
