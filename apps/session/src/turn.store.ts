import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { SessionDatabase } from './database.store.js';

/** A replica that died in its turn keeps others away no longer than this. */
const TURN_MS = 10_000;

/** Whose turn it is to tend a session: two replicas that gathered for it at once would gather too much. */
@Injectable()
export class TurnStore {
  readonly #holder = randomUUID();

  constructor(
    private readonly database: SessionDatabase,
    private readonly clock: Clock,
  ) {}

  /** Takes the turn; false while another replica has it. */
  async take(sessionId: string): Promise<boolean> {
    const now = this.clock.now();
    const { count } = await this.database.client.session.updateMany({
      where: {
        id: sessionId,
        OR: [{ tendedUntil: null }, { tendedUntil: { lte: now } }, { tendedBy: this.#holder }],
      },
      data: { tendedBy: this.#holder, tendedUntil: new Date(now.getTime() + TURN_MS) },
    });
    return count === 1;
  }

  /** Ends the turn, unless another replica has taken it meanwhile. */
  async end(sessionId: string): Promise<void> {
    await this.database.client.session.updateMany({
      where: { id: sessionId, tendedBy: this.#holder },
      data: { tendedBy: null, tendedUntil: null },
    });
  }
}
