import {
  Fault,
  type InputOf,
  nodePool,
  type OutputOf,
  type session as messages,
  sessionParameters,
  sessionQueue,
  type TaskSubmitted,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { isOpen, type SessionRow, SessionStore } from './session.store.js';
import { TendService } from './tend.service.js';

type Submit = InputOf<typeof messages.submit>;

/** A shared session grows with its queue up to this. */
const SHARED_MAX_NODES = 100;

/** Accepts requests into sessions. */
@Injectable()
export class SubmitService {
  constructor(
    private readonly store: SessionStore,
    private readonly tending: TendService,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  async submit(input: Submit): Promise<OutputOf<typeof messages.submit>> {
    const session = input.sessionId === null ? await this.sharedFor(input) : await this.ownedBy(input);
    const redundancy = await this.redundancyOf(input, session);
    const task = this.toTask(input, session, redundancy);
    await this.store.submitted(task);
    const { taskId, state, position } = await this.bus.request(sessionQueue.enqueue, task);
    // What its task needs and it has not yet, it gathers now.
    if (session.state !== 'READY' || redundancy > session.parameters.minNodes)
      void this.tending.tendSoon(session.id);
    return { taskId, sessionId: session.id, state, position };
  }

  /** Each replica needs a node of its own: what can never be is refused at once. */
  private async redundancyOf({ redundancy, request }: Submit, session: SessionRow): Promise<number> {
    const { parameters, owner, modelDigest } = session;
    const wanted = redundancy ?? parameters.redundancy;
    if (wanted === 1) return wanted;
    const field = 'redundancy';
    if (wanted > parameters.maxNodes)
      throw new Fault(
        'IMPOSSIBLE',
        `redundancy: ${wanted} needs as many nodes, and the session has at most ${parameters.maxNodes} (maxNodes)`,
        { field, maxNodes: parameters.maxNodes },
      );
    const { mode } = parameters;
    const { total } = await this.bus.request(nodePool.find, { modelDigest, mode, owner, limit: 1 });
    if (wanted > total)
      throw new Fault(
        'IMPOSSIBLE',
        `redundancy: ${wanted} needs as many nodes, and ${total} exist for ${request.model}; lower it, or start miners`,
        { field, total },
      );
    return wanted;
  }

  private toTask(
    { taskId, keyId, verify, request, timeoutSeconds }: Submit,
    session: SessionRow,
    redundancy: number,
  ): TaskSubmitted {
    const now = this.clock.ms();
    return {
      taskId,
      sessionId: session.id,
      owner: keyId,
      nodeId: null,
      holdReveal: false,
      redundancy,
      verify,
      request,
      submittedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + timeoutSeconds * 1_000).toISOString(),
    };
  }

  /** The model's shared session, made on the first request for it. */
  private async sharedFor({ request }: Submit): Promise<SessionRow> {
    const { model, modelDigest } = request;
    const found = await this.store.findShared(modelDigest);
    if (found?.state === 'READY') return found;
    const { total } = await this.bus.request(nodePool.find, {
      modelDigest,
      mode: 'ephemeral',
      owner: null,
      limit: 1,
    });
    if (total === 0)
      throw new Fault(
        'UNAVAILABLE',
        `model: no node serves ${model} now; start a miner, or try again later`,
        { field: 'model' },
      );
    if (found) return found;
    const parameters = sessionParameters.parse({ model, maxNodes: SHARED_MAX_NODES });
    const created = await this.store.create({ owner: null, modelDigest, sharedFor: modelDigest, parameters });
    return created ?? (await this.store.findShared(modelDigest))!;
  }

  private async ownedBy({ sessionId, keyId, request }: Submit): Promise<SessionRow> {
    const session = await this.store.get(sessionId!);
    if (session.owner !== keyId)
      throw new Fault('NOT_FOUND', `sessionId: no session ${sessionId}`, { field: 'sessionId' });
    const isOver = session.expiresAt !== null && session.expiresAt.getTime() <= this.clock.ms();
    if (!isOpen(session) || isOver) {
      const state = isOver ? 'EXPIRED' : session.state;
      throw new Fault('CONFLICT', `sessionId: the session is ${state}; open another`, {
        field: 'sessionId',
        state,
      });
    }
    if (session.modelDigest !== request.modelDigest)
      throw new Fault('INVALID', `model: the session serves ${session.model}, not ${request.model}`, {
        field: 'model',
      });
    return session;
  }
}
