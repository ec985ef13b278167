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
import { Injectable, Logger } from '@nestjs/common';
import { isOpen, type SessionRow, SessionStore } from './session.store.js';
import { TendService } from './tend.service.js';

type Submit = InputOf<typeof messages.submit>;

/** A shared session grows with its queue up to this. */
const SHARED_MAX_NODES = 100;

/** Accepts requests into sessions. */
@Injectable()
export class SubmitService {
  readonly #log = new Logger(SubmitService.name);

  constructor(
    private readonly store: SessionStore,
    private readonly tending: TendService,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  async submit(input: Submit): Promise<OutputOf<typeof messages.submit>> {
    const session = input.sessionId === null ? await this.sharedFor(input) : await this.ownedBy(input);
    const task = this.toTask(input, session);
    await this.store.submitted(task);
    const { taskId, state, position } = await this.bus.request(sessionQueue.enqueue, task);
    if (session.state !== 'READY')
      this.tending
        .tend(session.id)
        .catch((error: unknown) => this.#log.warn(`tending failed: ${String(error)}`));
    return { taskId, sessionId: session.id, state, position };
  }

  private toTask(
    { taskId, keyId, redundancy, verify, request, timeoutSeconds }: Submit,
    session: SessionRow,
  ): TaskSubmitted {
    const now = this.clock.ms();
    const replicas = redundancy ?? session.parameters.redundancy;
    if (replicas > 1)
      throw new Fault('IMPOSSIBLE', 'redundancy: more than 1 is not supported yet; leave it out or send 1', {
        field: 'redundancy',
      });
    return {
      taskId,
      sessionId: session.id,
      owner: keyId,
      nodeId: null,
      holdReveal: false,
      redundancy: replicas,
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
    if (!isOpen(session))
      throw new Fault('CONFLICT', `sessionId: the session is ${session.state}; open another`, {
        field: 'sessionId',
        state: session.state,
      });
    if (session.modelDigest !== request.modelDigest)
      throw new Fault('INVALID', `model: the session serves ${session.model}, not ${request.model}`, {
        field: 'model',
      });
    return session;
  }
}
