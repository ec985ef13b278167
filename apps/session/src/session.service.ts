import {
  Fault,
  type InputOf,
  nodePool,
  type OutputOf,
  type Reason,
  type session as messages,
  type SessionParameters,
  sessionQueue,
  type SessionView,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable } from '@nestjs/common';
import { openStates } from './session.lifecycle.js';
import { type SessionRow, SessionStore } from './session.store.js';
import { TendService } from './tend.service.js';

/** Explicit sessions: opened, looked at, closed. */
@Injectable()
export class SessionService {
  constructor(
    private readonly store: SessionStore,
    private readonly tending: TendService,
    private readonly bus: Bus,
  ) {}

  /** READY when its nodes are free now, RESERVING while they are gathered; refused at once when it can never be. */
  async open({ keyId, parameters }: InputOf<typeof messages.open>): Promise<SessionView> {
    checkSizes(parameters);
    const { models } = await this.bus.request(nodePool.models, {});
    const model = models.find(({ id, digest }) => id === parameters.model || digest === parameters.model);
    if (!model)
      throw new Fault(
        'NOT_FOUND',
        `model: ${parameters.model} is not registered; there are ${models.map(({ id }) => id).join(', ') || 'none'}`,
        {
          field: 'model',
        },
      );
    const { mode, minNodes } = parameters;
    const { total } = await this.bus.request(nodePool.find, {
      modelDigest: model.digest,
      mode,
      owner: keyId,
      limit: 1,
    });
    if (total < minNodes)
      throw new Fault(
        'IMPOSSIBLE',
        `minNodes: ${minNodes} asked for, ${total} exist for this model and mode`,
        {
          field: 'minNodes',
          total,
        },
      );
    const created = await this.store.create({
      owner: keyId,
      modelDigest: model.digest,
      sharedFor: null,
      parameters,
    });
    await this.tending.tendSoon(created!.id);
    return this.get(created!.id);
  }

  async get(sessionId: string): Promise<SessionView> {
    const row = await this.store.get(sessionId);
    const nodes = await this.nodesOf([sessionId]);
    return this.view(row, nodes.get(sessionId) ?? []);
  }

  async list(input: InputOf<typeof messages.list>): Promise<OutputOf<typeof messages.list>> {
    const { rows, nextCursor } = await this.store.list(input);
    const nodes = await this.nodesOf(rows.map(({ id }) => id));
    const items = await Promise.all(rows.map((row) => this.view(row, nodes.get(row.id) ?? [])));
    return { items, nextCursor };
  }

  /** Its waiting tasks end, those that run go on to theirs, then its nodes are re-tested. Closing what is closed changes nothing. */
  async close(sessionId: string): Promise<SessionView> {
    const reason: Reason = { code: 'session_closed', message: 'closed by its owner' };
    await this.store.get(sessionId);
    if (await this.store.move(sessionId, openStates, 'CLOSING', reason))
      await this.tending.tendSoon(sessionId);
    return this.get(sessionId);
  }

  private async nodesOf(sessionIds: string[]): Promise<Map<string, string[]>> {
    if (sessionIds.length === 0) return new Map();
    const { sessions } = await this.bus.request(sessionQueue.load, { sessionIds });
    return new Map(sessions.map(({ sessionId, nodes }) => [sessionId, nodes.map(({ nodeId }) => nodeId)]));
  }

  private async view(row: SessionRow, nodes: string[]): Promise<SessionView> {
    return {
      sessionId: row.id,
      kind: row.sharedFor === null ? 'explicit' : 'shared',
      owner: row.owner,
      state: row.state,
      reason: row.reason,
      parameters: row.parameters,
      nodes,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt?.toISOString() ?? null,
      history: await this.store.history(row.id),
    };
  }
}

const checkSizes = ({ minNodes, maxNodes, redundancy }: SessionParameters): void => {
  if (minNodes > maxNodes)
    throw new Fault('INVALID', `minNodes: ${minNodes} is more than maxNodes ${maxNodes}`, {
      field: 'minNodes',
    });
  if (redundancy > minNodes)
    throw new Fault(
      'INVALID',
      `minNodes: ${minNodes} is less than redundancy ${redundancy}: each replica needs a node of its own; raise minNodes to ${redundancy}, or lower redundancy`,
      { field: 'minNodes' },
    );
};
