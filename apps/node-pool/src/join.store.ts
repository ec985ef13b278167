import { type Declaration, Fault, type ModelDeclaration, nodePool } from '@ganglion/contracts';
import { born, record } from '@ganglion/database';
import type { JoinToken } from '@ganglion/database/node-pool';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import type { Change } from './change.js';
import { applyChange, fact, lockNode, readNode } from './node-move.store.js';
import { nodeLifecycle } from './node.lifecycle.js';
import type { NodeRow } from './node-view.js';
import { PoolDatabase, PoolOutbox, type Tx } from './pool-database.store.js';

/** What a node declares, as columns. */
const declaredColumns = ({
  model,
  determinismClass,
  slots,
  version,
  cpu,
  cores,
  memoryBytes,
  isa,
  models = [],
}: Declaration) => ({
  modelDigest: model.digest,
  loadable: models.map(({ digest }) => digest),
  determinismClass,
  slots,
  softwareVersion: version,
  machine: { cpu, cores, memoryBytes, ...(isa === undefined ? {} : { isa }) },
  contextLength: model.contextLength,
});

/** Questions and writes of one join, all in one transaction: either everything of it happened, or nothing. */
export class JoinDesk {
  constructor(
    private readonly tx: Tx,
    readonly now: Date,
  ) {}

  /** Uses a nonce up; false when it was used before. */
  async useNonce(nonce: string): Promise<boolean> {
    const data = [{ nonce, at: this.now }];
    return (await this.tx.usedNonce.createMany({ data, skipDuplicates: true })).count === 1;
  }

  /** The node, locked. */
  node(nodeId: string): Promise<NodeRow | null> {
    return lockNode(this.tx, nodeId);
  }

  token(hash: string): Promise<JoinToken | null> {
    return this.tx.joinToken.findUnique({ where: { hash } });
  }

  /** Counts one more node on the token; false when it has room for no more. */
  async takePlace(tokenId: string): Promise<boolean> {
    const { count } = await this.tx.joinToken.updateMany({
      where: { id: tokenId, nodes: { lt: this.tx.joinToken.fields.maxNodes } },
      data: { nodes: { increment: 1 } },
    });
    return count === 1;
  }

  async hasModel(digest: string): Promise<boolean> {
    return (await this.tx.model.count({ where: { digest } })) > 0;
  }

  /** Registers a model and says so, unless another join does at this moment. */
  async registerModel({ id, digest, parameters, ...model }: ModelDeclaration): Promise<void> {
    const row = { ...model, digest, name: id, parameters: parameters ?? null, registeredAt: this.now };
    const { count } = await this.tx.model.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) return;
    await record(this.tx, {
      event: nodePool.modelRegistered,
      payload: { id, digest, at: this.now.toISOString() },
      entity: 'model',
      entityId: digest,
      at: this.now,
    });
  }

  /** A new node: REGISTERED, then TESTING. */
  async register(nodeId: string, declared: Declaration, dedicatedTo: string | null): Promise<NodeRow> {
    const at = this.now;
    const row = {
      ...declaredColumns(declared),
      id: nodeId,
      state: nodeLifecycle.initial,
      version: 1,
      stateAt: at,
      joinedAt: at,
      createdAt: at,
      dedicatedTo,
    };
    const { count } = await this.tx.node.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) throw new Fault('CONFLICT', 'nodeId: it is joining at this very moment; join again');
    await born(this.tx, nodeLifecycle, {
      id: nodeId,
      at,
      version: 1,
      says: {
        event: nodePool.nodeRegistered,
        payload: fact({ ...row, sessionId: null }, { version: 1, at }),
      },
    });
    const registered = await readNode(this.tx, nodeId);
    if (!registered) throw new Error(`node ${nodeId} is gone right after its insertion`);
    return applyChange(this.tx, registered, { path: ['TESTING'] }, at);
  }

  /** A known node is back, with what it declares now. Its speed with another model says nothing of it with this one. */
  rejoin(node: NodeRow, change: Change, declared: Declaration): Promise<NodeRow> {
    const isOther = node.modelDigest !== declared.model.digest;
    const isOtherSize = isOther || node.slots !== declared.slots;
    const columns = {
      ...declaredColumns(declared),
      ...(isOther ? { speeds: [], tokensPerSecond: null } : {}),
      ...(isOtherSize ? { concurrency: [] } : {}),
    };
    return applyChange(this.tx, node, { ...change, columns }, this.now);
  }
}

/** Joins, each in one transaction. */
@Injectable()
export class JoinStore {
  constructor(
    private readonly database: PoolDatabase,
    private readonly outbox: PoolOutbox,
    private readonly clock: Clock,
  ) {}

  /** What `work` throws undoes all it did at the desk, the use of the nonce included. */
  async join<T>(work: (desk: JoinDesk) => Promise<T>): Promise<T> {
    const result = await this.database.transaction((tx) => work(new JoinDesk(tx, this.clock.now())));
    this.outbox.wake();
    return result;
  }
}
