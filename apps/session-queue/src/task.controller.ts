import { type InputOf, type OutputOf, sessionQueue } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { CancelService } from './cancel.service.js';
import { RevealService } from './reveal.service.js';
import { TaskService } from './task.service.js';
import { TaskStore } from './task.store.js';

/** What changes tasks. */
@Controller()
export class TaskController {
  constructor(
    private readonly tasks: TaskService,
    private readonly cancels: CancelService,
    private readonly reveals: RevealService,
    private readonly store: TaskStore,
  ) {}

  @Handles(sessionQueue.enqueue)
  enqueue(input: InputOf<typeof sessionQueue.enqueue>): Promise<OutputOf<typeof sessionQueue.enqueue>> {
    return this.tasks.enqueue(input);
  }

  @Handles(sessionQueue.cancel)
  cancel(input: InputOf<typeof sessionQueue.cancel>): Promise<OutputOf<typeof sessionQueue.cancel>> {
    return this.cancels.cancel(input);
  }

  @Handles(sessionQueue.drop)
  drop(input: InputOf<typeof sessionQueue.drop>): Promise<OutputOf<typeof sessionQueue.drop>> {
    return this.cancels.drop(input);
  }

  @Handles(sessionQueue.reveal)
  async reveal({
    taskId,
  }: InputOf<typeof sessionQueue.reveal>): Promise<OutputOf<typeof sessionQueue.reveal>> {
    await this.reveals.release(taskId);
    return { taskId, state: (await this.store.get(taskId)).state };
  }
}
