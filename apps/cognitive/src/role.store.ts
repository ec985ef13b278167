import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { OVERRULED } from './contest.js';
import { CognitiveDatabase } from './database.store.js';
import { COOL_DOWN_MS } from './examiner-draw.js';
import { type RoundRow, whole } from './round-rows.store.js';

type TurnRow = RoundRow['turns'][number];

/** For so long nodes are tested with the oracle's challenges whose participants overruled what nodes had made. */
const DOUBT_MS = 600_000;

/** Who has, and lately had, a role. */
@Injectable()
export class RoleStore {
  constructor(
    private readonly database: CognitiveDatabase,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** Nodes that have a role, or had one within the cool-down. */
  async resting(): Promise<Set<string>> {
    const drawnAt = { gt: new Date(this.clock.ms() - COOL_DOWN_MS) };
    const rows = await this.database.client.roleTurn.findMany({
      where: { OR: [{ drawnAt }, { endedAt: null }] },
      select: { nodeId: true },
      distinct: ['nodeId'],
    });
    return new Set(rows.map(({ nodeId }) => nodeId));
  }

  /** Has one of the nodes been in a round lately whose reference lost? */
  async isInDoubt(nodeIds: readonly string[]): Promise<boolean> {
    const found = await this.database.client.participant.findFirst({
      where: {
        nodeId: { in: [...nodeIds] },
        judgedAt: { gt: new Date(this.clock.ms() - DOUBT_MS) },
        reason: { path: ['code'], equals: OVERRULED },
      },
      select: { taskId: true },
    });
    return found !== null;
  }

  /** A node's turn at a round, with the round; null when it never had one. */
  async turnOf(roundId: string, nodeId: string): Promise<{ turn: TurnRow; row: RoundRow } | null> {
    const row = await this.database.client.round.findUnique({ where: { id: roundId }, include: whole });
    const turn = row?.turns.find((one) => one.nodeId === nodeId);
    return row && turn ? { turn, row } : null;
  }
}
