import { cognitive, type InputOf } from '@ganglion/contracts';
import { record } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { CognitiveDatabase, CognitiveOutbox } from './database.store.js';
import { LeaderStore } from './leader.store.js';

/** Round trips of probes: nothing is kept of them but what is said to the others. */
@Injectable()
export class ProbeStore {
  constructor(
    private readonly database: CognitiveDatabase,
    private readonly outbox: CognitiveOutbox,
    private readonly leaders: LeaderStore,
    private readonly clock: Clock,
  ) {}

  /** Tells the other modules which nodes answered. @throws Fault `STALE` for an old leader. */
  async report({ epoch, probes }: InputOf<typeof cognitive.probed>): Promise<Record<string, never>> {
    await this.leaders.checkEpoch(epoch);
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      for (const { nodeId, rttMs } of probes)
        await record(tx, {
          event: cognitive.nodeProbed,
          payload: { nodeId, rttMs, at: at.toISOString() },
          entity: 'node',
          entityId: nodeId,
          at,
        });
    });
    this.outbox.wake();
    return {};
  }
}
