import { type Reason, sessionQueue } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { GatherService } from './gather.service.js';
import { openStates } from './session.lifecycle.js';
import { isOpen, type SessionRow, SessionStore } from './session.store.js';
import { activeNodes, isStarved, type Load, plan, waitsFor } from './tending.js';

/** Brings one session nearer to what it should be. Only ever one turn per session at a time: `TendService` sees to that. */
@Injectable()
export class CareService {
  constructor(
    private readonly store: SessionStore,
    private readonly gathering: GatherService,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  async turn(session: SessionRow): Promise<void> {
    const { id: sessionId } = session;
    const { sessions } = await this.bus.request(sessionQueue.load, { sessionIds: [sessionId] });
    const load = sessions[0]!;
    if (!isOpen(session)) return this.settle(session, load);
    if (this.isOver(session)) return this.expire(session, load);
    const { want, release, isFull } = plan(
      {
        isShared: session.sharedFor !== null,
        mayGrow: await this.mayGrow(session, load),
        parameters: session.parameters,
      },
      load,
      this.clock.ms(),
    );
    const gathered = await this.gathering.gather(session, want);
    const { came, total } = gathered;
    if (release.length > 0) await this.release(sessionId, [...release], rotated);
    const { minNodes } = session.parameters;
    const active = activeNodes(load).length + came;
    if (session.state === 'RESERVING' && active < minNodes && total !== null && total < minNodes)
      return this.fail(session, impossible(minNodes, total));
    await this.reflect(session, isFull || active >= minNodes);
    if (session.state === 'RESERVING' && active < minNodes && want > 0)
      await this.store.note(session, waitsFor(minNodes - active, gathered));
  }

  /** Explicit sessions that lack what they were promised come before the growth of the shared one. */
  private async mayGrow({ sharedFor }: SessionRow, load: Load): Promise<boolean> {
    return sharedFor === null || !isStarved(load) || !(await this.store.isAnyLacking(sharedFor));
  }

  private isOver({ expiresAt }: SessionRow): boolean {
    return expiresAt !== null && expiresAt.getTime() <= this.clock.ms();
  }

  private async reflect({ id, state }: SessionRow, isFull: boolean): Promise<void> {
    if (isFull && state !== 'READY') await this.store.move(id, ['RESERVING', 'DEGRADED'], 'READY', null);
    if (!isFull && state === 'READY') await this.store.move(id, ['READY'], 'DEGRADED', lackingNodes);
  }

  /** Its time is over: what runs is stopped, and what was made of it committed. */
  private async expire(session: SessionRow, load: Load): Promise<void> {
    if (session.state === 'RESERVING') return this.fail(session, neverReady(session.parameters.minNodes));
    if (await this.store.move(session.id, openStates, 'EXPIRED', expired))
      await this.settle({ ...session, state: 'EXPIRED', reason: expired }, load);
  }

  private async fail(session: SessionRow, reason: Reason): Promise<void> {
    if (!(await this.store.move(session.id, ['RESERVING'], 'FAILED', reason))) return;
    const { sessions } = await this.bus.request(sessionQueue.load, { sessionIds: [session.id] });
    await this.settle({ ...session, state: 'FAILED', reason }, sessions[0]!);
  }

  /**
   * A session that takes no more tasks: what waits is ended, what it holds is given back. What runs in a closing one
   * goes on to its end, at most as long as the session would have lived.
   */
  private async settle(session: SessionRow, load: Load): Promise<void> {
    const { id: sessionId, state } = session;
    const reason = session.reason ?? { code: 'session_closed', message: 'the session was closed' };
    const isRunningToo = state !== 'CLOSING' || this.isOver(session);
    if (load.nodes.length > 0) await this.release(sessionId, null, reason);
    if (load.queued > 0 || (load.running > 0 && isRunningToo))
      await this.bus.request(sessionQueue.drop, { sessionId, reason, isRunningToo });
    if (load.nodes.length + load.queued + load.running > 0) return;
    if (state === 'CLOSING') await this.store.move(sessionId, ['CLOSING'], 'CLOSED', reason);
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
const expired: Reason = { code: 'session_expired', message: 'the session’s ttlSeconds are over' };
const neverReady = (minNodes: number): Reason => ({
  code: 'never_ready',
  message: `its ttlSeconds were over before ${minNodes} nodes (minNodes) could be gathered`,
});
const impossible = (minNodes: number, total: number): Reason => ({
  code: 'impossible',
  message: `minNodes: ${minNodes} asked for, ${total} exist for this model and mode`,
});
