import { Fault, nodePool, type NodeView, type Reason, sessionQueue } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable, Logger } from '@nestjs/common';
import { SessionStore, type SessionRow } from './session.store.js';
import { spareNodes } from './tending.js';

/** The speed taken for a node whose decode speed no test has measured yet, in tokens per second. */
const UNMEASURED = 10;

export interface Gathered {
  readonly came: number;
  readonly total: number | null;
  /** Nodes that may come by themselves: in their test, or away to load the model. */
  readonly testing: number;
  readonly loading: number;
}

const nothing: Gathered = { came: 0, total: null, testing: 0, loading: 0 };

/** Brings nodes from the pool into a session: find, reserve (compare-and-set), assign. */
@Injectable()
export class GatherService {
  readonly #log = new Logger(GatherService.name);

  constructor(
    private readonly bus: Bus,
    private readonly store: SessionStore,
  ) {}

  /** Gathers up to `want` nodes: how many came, and how many could ever serve it (null when none was wanted). */
  async gather(session: SessionRow, want: number): Promise<Gathered> {
    if (want <= 0) return nothing;
    const { id: sessionId, modelDigest, owner, parameters } = session;
    const { mode, sla } = parameters;
    // A pool of an earlier version does not know the field.
    const wish = { modelDigest, mode, owner, ...(sla === 'low' ? {} : { sla }) };
    const limit = Math.min(200, want * 3);
    const { candidates, total, testing, loading } = await this.bus.request(nodePool.find, { ...wish, limit });
    const reserved: NodeView[] = [];
    for (const { nodeId } of candidates) {
      if (reserved.length === want) break;
      const node = await this.reserve(nodeId, sessionId);
      if (node) reserved.push(node);
    }
    const came = reserved.length > 0 ? await this.assign(sessionId, reserved) : 0;
    // Nodes in their test, or that load the model, may come by themselves.
    const lacking = want - reserved.length - testing - (loading ?? 0);
    // What a shared session would yield need not be of the level that is wanted: it would yield again and again.
    const mayTakeShared = session.sharedFor === null && mode !== 'dedicated' && sla === 'low';
    const yielded = lacking > 0 && mayTakeShared ? await this.askToYield(session, lacking) : 0;
    // Growth is not worth a node's present model; and a pool that does not count those that load has none do it.
    const mayLoad = session.state !== 'READY' && loading !== undefined;
    const toLoad = mayLoad ? Math.min(100, lacking - yielded) : 0;
    if (toLoad <= 0) return { came, total, testing, loading: loading ?? 0 };
    const loaded = await this.bus.request(nodePool.load, { ...wish, limit: toLoad });
    return { came, total, testing, loading: loaded.loading };
  }

  private async reserve(nodeId: string, sessionId: string): Promise<NodeView | null> {
    try {
      return await this.bus.request(nodePool.reserve, { nodeId, sessionId });
    } catch (error) {
      if (error instanceof Fault && error.code === 'CONFLICT') return null;
      throw error;
    }
  }

  private async assign(sessionId: string, nodes: NodeView[]): Promise<number> {
    let assigned: string[] = [];
    try {
      const answer = await this.bus.request(sessionQueue.assign, {
        sessionId,
        nodes: nodes.map(({ nodeId, slots, determinismClass, tokensPerSecond }) => ({
          nodeId,
          slots,
          determinismClass,
          tokensPerSecond: tokensPerSecond ?? UNMEASURED,
        })),
      });
      assigned = answer.assigned;
      return assigned.length;
    } catch (error) {
      await this.takeBack(sessionId, nodes);
      throw error;
    } finally {
      const left = nodes.filter(({ nodeId }) => !assigned.includes(nodeId));
      for (const { nodeId } of left) await this.giveBack(nodeId, sessionId);
    }
  }

  /** Without an answer nobody knows whether the queue took them: it is told to let them go before the pool has them back. */
  private async takeBack(sessionId: string, nodes: readonly NodeView[]): Promise<void> {
    const nodeIds = nodes.map(({ nodeId }) => nodeId);
    await this.bus
      .request(sessionQueue.release, { sessionId, nodeIds, reason: notAssigned })
      .catch((error: unknown) => this.#log.warn(`the queue could not be told: ${String(error)}`));
  }

  /** A node that was reserved but not assigned goes back, so it is not lost to everybody. */
  private async giveBack(nodeId: string, sessionId: string): Promise<void> {
    await this.bus
      .request(nodePool.release, { nodeId, sessionId, reason: notAssigned })
      .catch((error: unknown) => this.#log.warn(`could not give back ${nodeId}: ${String(error)}`));
  }

  /** The model's shared session gives nodes, so many; they are re-tested, and come as `node-ephemeral`. */
  private async askToYield({ modelDigest }: SessionRow, wanted: number): Promise<number> {
    const shared = await this.store.findShared(modelDigest);
    if (!shared) return 0;
    const { sessions } = await this.bus.request(sessionQueue.load, { sessionIds: [shared.id] });
    const load = sessions[0]!;
    const leaving = load.nodes.filter(({ ending }) => ending).length;
    const nodeIds = spareNodes(load, wanted - leaving);
    if (nodeIds.length === 0) return leaving;
    const reason: Reason = { code: 'yielded', message: 'an explicit session needs it' };
    await this.bus.request(sessionQueue.release, { sessionId: shared.id, nodeIds, reason });
    return leaving + nodeIds.length;
  }
}

const notAssigned: Reason = { code: 'not_assigned', message: 'reserved, but the queue did not take it' };
