import { Fault, type Reason, sessionQueue } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { GatherService } from './gather.service.js';
import { openStates } from './session.lifecycle.js';
import { isOpen, type SessionRow, SessionStore } from './session.store.js';
import { type Load, plan } from './tending.js';

/** Keeps sessions as they should be: enough nodes, none too many, ended when over. */
@Injectable()
export class TendService {
  readonly #log = new Logger(TendService.name);
  /** One turn at a time per session in this replica; a call during a turn makes one more. */
  readonly #turns = new Map<string, { again: boolean; done: Promise<void> }>();

  constructor(
    private readonly store: SessionStore,
    private readonly gathering: GatherService,
    private readonly bus: Bus,
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

  private async run(sessionId: string, turn: { again: boolean }): Promise<void> {
    do {
      turn.again = false;
      await this.turn(await this.store.get(sessionId));
    } while (turn.again);
  }

  /** Tends every session that may hold nodes, explicit ones in need first. */
  async tendAll(): Promise<void> {
    const sessions = await this.store.unsettled();
    const urgency = ({ state, sharedFor }: SessionRow): number =>
      (state === 'RESERVING' || state === 'DEGRADED' ? 0 : 2) + (sharedFor === null ? 0 : 1);
    for (const { id } of sessions.sort((a, b) => urgency(a) - urgency(b)))
      await this.tend(id).catch((error: unknown) => this.complain(id, error));
  }

  private complain(sessionId: string, error: unknown): void {
    // A module that is away comes back; the next turn goes on.
    const text =
      error instanceof Fault ? `${error.code}: ${error.message}` : String((error as Error).stack ?? error);
    this.#log.warn({ message: `tending failed: ${text}`, sessionId });
  }

  private async turn(session: SessionRow): Promise<void> {
    const { id: sessionId } = session;
    const { sessions } = await this.bus.request(sessionQueue.load, { sessionIds: [sessionId] });
    const load = sessions[0]!;
    if (!isOpen(session)) return this.settle(session, load);
    if (session.expiresAt !== null && session.expiresAt.getTime() <= this.clock.ms())
      return this.expire(session, load);
    const { want, release, isFull } = plan(
      { isShared: session.sharedFor !== null, parameters: session.parameters },
      load,
      this.clock.ms(),
    );
    const came = await this.gathering.gather(session, want);
    if (release.length > 0) await this.release(sessionId, [...release], rotated);
    const active = load.nodes.filter(({ ending }) => !ending).length + came;
    await this.reflect(session, isFull || active >= session.parameters.minNodes);
  }

  private async reflect({ id, state }: SessionRow, isFull: boolean): Promise<void> {
    if (isFull && state !== 'READY') await this.store.move(id, ['RESERVING', 'DEGRADED'], 'READY', null);
    if (!isFull && state === 'READY') await this.store.move(id, ['READY'], 'DEGRADED', lackingNodes);
  }

  private async expire(session: SessionRow, load: Load): Promise<void> {
    const reason: Reason = { code: 'session_expired', message: 'the session’s ttlSeconds are over' };
    if (await this.store.move(session.id, openStates, 'EXPIRED', reason)) await this.settle(session, load);
  }

  /** A session that takes no more tasks: what waits is dropped, what it holds is given back. */
  private async settle({ id: sessionId, state, reason }: SessionRow, load: Load): Promise<void> {
    const why = reason ?? { code: 'session_closed', message: 'the session was closed' };
    if (load.queued + load.running > 0) await this.bus.request(sessionQueue.drop, { sessionId, reason: why });
    if (load.nodes.length > 0) return this.release(sessionId, null, why);
    if (load.queued + load.running > 0) return;
    if (state === 'CLOSING') await this.store.move(sessionId, ['CLOSING'], 'CLOSED', why);
    await this.store.settle(sessionId);
  }

  private async release(sessionId: string, nodeIds: string[] | null, reason: Reason): Promise<void> {
    await this.bus.request(sessionQueue.release, { sessionId, nodeIds, reason });
  }
}

const rotated: Reason = { code: 'rotated', message: 'its reservation is over, or it is not needed' };
const lackingNodes: Reason = {
  code: 'lacking_nodes',
  message: 'fewer nodes than minNodes; more are being gathered',
};
