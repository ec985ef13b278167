import { type cognitive, Fault, type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable } from '@nestjs/common';
import { LeaderStore } from './leader.store.js';
import { freeze } from './request.js';
import { RoundStore } from './round.store.js';
import { SweepService } from './sweep.service.js';

/** The most nodes that one round tests together. */
const PARTICIPANTS = 8;
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
    const busy = await this.rounds.busy(due.flatMap(({ nodeIds }) => nodeIds));
    const free = due.map((group) => ({
      ...group,
      nodeIds: group.nodeIds.filter((nodeId) => !busy.has(nodeId)),
    }));
    return { due: free.filter(({ nodeIds }) => nodeIds.length > 0), probe };
  }

  /** Opens a round up to PREPARED; the next tick starts it, so that the oracle can listen to its tasks before. */
  async open(input: InputOf<typeof cognitive.open>): Promise<OutputOf<typeof cognitive.open>> {
    const { epoch, oracleId, model, modelDigest, nodeIds, challenge, serving = false } = input;
    if (nodeIds.length > PARTICIPANTS)
      throw new Fault('INVALID', `nodeIds: at most ${PARTICIPANTS} nodes per round; open several rounds`);
    if (new Set(nodeIds).size < nodeIds.length)
      throw new Fault('INVALID', 'nodeIds: a node is named twice; name each once');
    const request = freeze(challenge, { id: model, digest: modelDigest });
    return this.rounds.open({
      epoch,
      oracleId,
      model: { id: model, digest: modelDigest },
      nodeIds,
      challenge,
      request,
      serving,
    });
  }
}
