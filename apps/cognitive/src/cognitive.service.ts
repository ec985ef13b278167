import { type cognitive, type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable } from '@nestjs/common';
import { LeaderStore } from './leader.store.js';
import { paced } from './paced.js';
import { RoundStore } from './round.store.js';
import { SweepService } from './sweep.service.js';

/** Below the time the oracle waits for its tick. */
const SWEEP_TIMEOUT_MS = 3_000;

/** What the oracle drives. */
@Injectable()
export class CognitiveService {
  constructor(
    private readonly rounds: RoundStore,
    private readonly leaders: LeaderStore,
    private readonly sweeps: SweepService,
    private readonly bus: Bus,
  ) {}

  /** The clock's turn. Rounds and audits are swept beside the answer. */
  async tick({ epoch, oracleId }: InputOf<typeof cognitive.tick>): Promise<OutputOf<typeof cognitive.tick>> {
    await this.leaders.check({ epoch, oracleId });
    this.sweeps.soon();
    const { due, probe } = await this.bus.request(nodePool.sweep, { epoch }, { timeoutMs: SWEEP_TIMEOUT_MS });
    if (due.length === 0) return { due, probe };
    const waiting = due.flatMap(({ nodeIds }) => nodeIds);
    const [busy, live] = await Promise.all([this.rounds.busy(waiting), this.rounds.liveTests()]);
    const free = due.map((group) => ({
      ...group,
      nodeIds: group.nodeIds.filter((nodeId) => !busy.has(nodeId)),
    }));
    return { due: paced(free, live), probe };
  }
}
