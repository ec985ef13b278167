import {
  type InputOf,
  nodePool,
  type OutputOf,
  type PayloadOf,
  session,
  sessionQueue,
} from '@ganglion/contracts';
import { Handles, type MessageContext, On } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { AdmissionService } from './admission.service.js';
import { SessionService } from './session.service.js';
import { TendService } from './tend.service.js';
import { UsageStore } from './usage.store.js';

@Controller()
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly admission: AdmissionService,
    private readonly tending: TendService,
    private readonly usage: UsageStore,
  ) {}

  @Handles(session.submit)
  submit(input: InputOf<typeof session.submit>): Promise<OutputOf<typeof session.submit>> {
    return this.admission.submit(input);
  }

  @Handles(session.open)
  open(input: InputOf<typeof session.open>): Promise<OutputOf<typeof session.open>> {
    return this.sessions.open(input);
  }

  @Handles(session.get)
  get({ sessionId }: InputOf<typeof session.get>): Promise<OutputOf<typeof session.get>> {
    return this.sessions.get(sessionId);
  }

  @Handles(session.list)
  list(input: InputOf<typeof session.list>): Promise<OutputOf<typeof session.list>> {
    return this.sessions.list(input);
  }

  @Handles(session.close)
  close({ sessionId }: InputOf<typeof session.close>): Promise<OutputOf<typeof session.close>> {
    return this.sessions.close(sessionId);
  }

  @On(sessionQueue.starved)
  starved({ sessionId }: PayloadOf<typeof sessionQueue.starved>): Promise<void> {
    return this.tending.tendIfThere(sessionId);
  }

  @On(sessionQueue.assignmentEnded)
  assignmentEnded({ sessionId }: PayloadOf<typeof sessionQueue.assignmentEnded>): Promise<void> {
    return this.tending.tendIfThere(sessionId);
  }

  @On(nodePool.nodeEphemeral)
  nodeEphemeral(): Promise<void> {
    return this.tending.tendAll();
  }

  @On(sessionQueue.taskFinalised)
  taskFinalised(
    task: PayloadOf<typeof sessionQueue.taskFinalised>,
    { eventId }: MessageContext,
  ): Promise<void> {
    return this.usage.book(eventId!, task);
  }

  @On(sessionQueue.taskFailed)
  taskFailed({ taskId }: PayloadOf<typeof sessionQueue.taskFailed>): Promise<void> {
    return this.admission.ended(taskId);
  }

  @On(sessionQueue.taskCancelled)
  taskCancelled(
    task: PayloadOf<typeof sessionQueue.taskCancelled>,
    { eventId }: MessageContext,
  ): Promise<void> {
    return this.usage.book(eventId!, task);
  }
}
