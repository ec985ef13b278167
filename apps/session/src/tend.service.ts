import { Fault } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { CareService } from './care.service.js';
import { type SessionRow, SessionStore } from './session.store.js';
import { TurnStore } from './turn.store.js';

/** Another replica's turn is waited for this long; what it did not see, the next sweep does. */
const WAIT_MS = 1_000;
const LOOK_MS = 25;

/** Keeps sessions as they should be: enough nodes, none too many, ended when over. */
@Injectable()
export class TendService {
  readonly #log = new Logger(TendService.name);
  /** One turn at a time per session in this replica; a call during a turn makes one more. */
  readonly #turns = new Map<string, { again: boolean; done: Promise<void> }>();

  constructor(
    private readonly store: SessionStore,
    private readonly turns: TurnStore,
    private readonly care: CareService,
    private readonly clock: Clock,
  ) {}

  /** Tends one session now; resolves when the turn that covers this call is over. */
  async tend(sessionId: string): Promise<void> {
    const running = this.#turns.get(sessionId);
    if (running) {
      running.again = true;
      return running.done;
    }
    const turn = { again: false, done: Promise.resolve() };
    this.#turns.set(sessionId, turn);
    turn.done = this.run(sessionId, turn).finally(() => this.#turns.delete(sessionId));
    return turn.done;
  }

  /** As `tend`, for callers that can go on without: what fails now, the next sweep does. */
  async tendSoon(sessionId: string): Promise<void> {
    await this.tend(sessionId).catch((error: unknown) => this.complain(sessionId, error));
  }

  /** As `tend`, for events: one may name a session that does not exist here, and will not if it comes again. */
  async tendIfThere(sessionId: string): Promise<void> {
    await this.tend(sessionId).catch((error: unknown) => {
      const isMissing = error instanceof Fault && error.code === 'NOT_FOUND';
      if (!isMissing || error.details?.['field'] !== 'sessionId') throw error;
    });
  }

  /** Tends every session that may hold nodes, explicit ones in need first. */
  async tendAll(): Promise<void> {
    const sessions = await this.store.unsettled();
    const urgency = ({ state, sharedFor }: SessionRow): number =>
      (state === 'RESERVING' || state === 'DEGRADED' ? 0 : 2) + (sharedFor === null ? 0 : 1);
    for (const { id } of sessions.sort((a, b) => urgency(a) - urgency(b))) await this.tendSoon(id);
  }

  private async run(sessionId: string, turn: { again: boolean }): Promise<void> {
    do {
      turn.again = false;
      if (!(await this.take(sessionId))) return;
      try {
        await this.care.turn(await this.store.get(sessionId));
      } finally {
        await this.turns.end(sessionId);
      }
    } while (turn.again);
  }

  private async take(sessionId: string): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < WAIT_MS; waitedMs += LOOK_MS) {
      if (await this.turns.take(sessionId)) return true;
      await this.clock.sleep(LOOK_MS);
    }
    return false;
  }

  private complain(sessionId: string, error: unknown): void {
    // A module that is away comes back; the next turn goes on.
    const text =
      error instanceof Fault ? `${error.code}: ${error.message}` : String((error as Error).stack ?? error);
    this.#log.warn({ message: `tending failed: ${text}`, sessionId });
  }
}
