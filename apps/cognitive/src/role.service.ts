import { randomBytes, randomInt } from 'node:crypto';
import {
  type ChallengeKind,
  Fault,
  type FrozenRequest,
  type InputOf,
  jobs,
  nodePool,
  type OutputOf,
  type RoundRole,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Metrics } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { drawClass, drawExaminer } from './examiner-draw.js';
import type { Step } from './progress.store.js';
import type { RoleNote } from './role-rows.store.js';
import { RoleStore } from './role.store.js';
import type { TurnEnding } from './round-facts.js';
import { type RoundRow, shapeOf } from './round-rows.store.js';

type Found = OutputOf<typeof nodePool.findExaminers>;
type TurnRow = RoundRow['turns'][number];

interface Search {
  /** Whom nodes could test together, and of what determinism class they are; null: the oracle makes the test. */
  readonly makers: { determinismClass: string; nodeIds: string[] } | null;
  /** Of each node, as it declared them. */
  readonly slots: ReadonlyMap<string, number>;
  /** Null when the pool could not be asked. */
  readonly contextLength: number | null;
}

const POOL_TIMEOUT_MS = 2_000;
/** A node on a busy machine is slow to answer, and not away; where nobody listens the broker says so at once. */
const ORDER_TIMEOUT_MS = 3_000;
/** More candidates than ever rest, so that the lot has something to choose from. */
const CANDIDATES = 500;
const LOTS = 2 ** 47;

/** Finds the nodes that make a test, and gives them their jobs. */
@Injectable()
export class RoleService {
  readonly #log = new Logger('Roles');

  constructor(
    private readonly store: RoleStore,
    private readonly bus: Bus,
    private readonly metrics: Metrics,
  ) {}

  /** Who could make a test for these nodes, and what they have room for. */
  async find(modelDigest: string, nodeIds: string[]): Promise<Search> {
    const found = await this.search(modelDigest, nodeIds);
    const slots = new Map(found?.participants.map((node) => [node.nodeId, node.slots]));
    const search = { makers: null, slots, contextLength: found?.contextLength ?? null };
    if (!found || found.examiners.length === 0 || (await this.store.isInDoubt(nodeIds))) return search;
    return { ...search, makers: drawClass(found, await this.store.resting()) };
  }

  /** Does what the plan wants of nodes with roles; the news of what they said. */
  async speak({ plan, row }: Step): Promise<RoleNote[]> {
    const note = plan.draw
      ? await this.draw(row, plan.draw)
      : plan.ask
        ? await this.ask(row, plan.ask)
        : null;
    return note ? [note] : [];
  }

  /** Says that a node's turn has ended. */
  ended(
    ending: Omit<TurnEnding, 'turnId'> & {
      roundId: string;
      nodeId?: string | undefined;
      role?: RoundRole | undefined;
    },
  ): void {
    const { reason, outcome, role, ...facts } = ending;
    this.#log.log({ ...facts, role, outcome, reason: `${reason.code}: ${reason.message}` });
    this.metrics
      .counter('ganglion_roles_total', 'Nodes that made or prepared a test, by outcome', ['role', 'outcome'])
      .inc({ role: role ?? 'creator', outcome });
  }

  private async draw(row: RoundRow, role: RoundRole): Promise<RoleNote | null> {
    const nodeIds = row.participants.map(({ nodeId }) => nodeId);
    const found = await this.search(row.modelDigest, nodeIds);
    if (!found) return null;
    const wanted = {
      role,
      determinismClass: row.determinismClass ?? '',
      resting: await this.store.resting(),
    };
    const nodeId = drawExaminer(found, wanted, () => randomInt(LOTS) / LOTS);
    return { kind: 'drawn', role, nodeId, seed: randomBytes(32).toString('hex') };
  }

  /** Null when the pool cannot be asked now. */
  private async search(modelDigest: string, nodeIds: string[]): Promise<Found | null> {
    const search = { modelDigest, nodeIds, limit: CANDIDATES };
    try {
      return await this.bus.request(nodePool.findExaminers, search, { timeoutMs: POOL_TIMEOUT_MS });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return null;
    }
  }

  private async ask(row: RoundRow, turnId: string): Promise<RoleNote | null> {
    const turn = row.turns.find(({ id }) => id === turnId);
    if (!turn) return null;
    try {
      await this.order(row, turn);
      return { kind: 'asked', turnId };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // Cut off from the broker, it is not the node that is away.
      if (!this.bus.isConnected) return null;
      return { kind: 'ended', ending: { turnId, ...refusal(error) } };
    }
  }

  private order(row: RoundRow, { nodeId, role, seed, dueAt }: TurnRow): Promise<unknown> {
    const { id: roundId, model, modelDigest, kind } = row;
    const patience = { timeoutMs: ORDER_TIMEOUT_MS };
    const common = { roundId, seed, expiresAt: dueAt.toISOString() };
    if (role === 'PREPARER') {
      const created = row.turns.find((turn) => turn.role === 'CREATOR' && turn.state === 'HANDED_IN');
      const request = created?.request as FrozenRequest;
      return this.bus.order(jobs.prepare, nodeId, { ...common, request }, patience);
    }
    const job: InputOf<typeof jobs.create> = {
      ...common,
      kind: kind as ChallengeKind,
      model,
      modelDigest,
      shape: shapeOf(row)!,
    };
    return this.bus.order(jobs.create, nodeId, job, patience);
  }
}

/** A node that says no is excused; one that does not answer at all is not there, though it should be. */
const refusal = ({ code, message }: Fault): Omit<TurnEnding, 'turnId'> =>
  code === 'UNAVAILABLE'
    ? { outcome: 'failed', reason: { code: 'unreachable', message: 'it did not answer the job' } }
    : {
        outcome: 'excused',
        reason: { code: 'declined', message: `${code}: ${message}`.slice(0, 500) },
      };
