import { type InputOf, type OutputOf, sessionQueue } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { CommitService } from './commit.service.js';
import { NetworkKey } from './network-key.js';
import { TaskService } from './task.service.js';
import { TaskStore } from './task.store.js';

@Controller()
export class TaskController {
  constructor(
    private readonly tasks: TaskService,
    private readonly store: TaskStore,
    private readonly commits: CommitService,
    private readonly key: NetworkKey,
  ) {}

  @Handles(sessionQueue.enqueue)
  enqueue(input: InputOf<typeof sessionQueue.enqueue>): Promise<OutputOf<typeof sessionQueue.enqueue>> {
    return this.tasks.enqueue(input);
  }

  @Handles(sessionQueue.cancel)
  cancel(input: InputOf<typeof sessionQueue.cancel>): Promise<OutputOf<typeof sessionQueue.cancel>> {
    return this.tasks.cancel(input);
  }

  @Handles(sessionQueue.drop)
  drop(input: InputOf<typeof sessionQueue.drop>): Promise<OutputOf<typeof sessionQueue.drop>> {
    return this.tasks.drop(input);
  }

  @Handles(sessionQueue.reveal)
  async reveal({
    taskId,
  }: InputOf<typeof sessionQueue.reveal>): Promise<OutputOf<typeof sessionQueue.reveal>> {
    await this.commits.reveal(taskId);
    return { taskId, state: (await this.store.get(taskId)).state };
  }

  @Handles(sessionQueue.get)
  get({ taskId }: InputOf<typeof sessionQueue.get>): Promise<OutputOf<typeof sessionQueue.get>> {
    return this.store.view(taskId);
  }

  @Handles(sessionQueue.list)
  list(input: InputOf<typeof sessionQueue.list>): Promise<OutputOf<typeof sessionQueue.list>> {
    return this.store.list(input);
  }

  @Handles(sessionQueue.receipt)
  async receipt({
    taskId,
  }: InputOf<typeof sessionQueue.receipt>): Promise<OutputOf<typeof sessionQueue.receipt>> {
    return { receipt: await this.store.receipt(taskId) };
  }

  @Handles(sessionQueue.networkKey)
  async networkKey(): Promise<OutputOf<typeof sessionQueue.networkKey>> {
    return { publicKey: this.key.publicKey };
  }
}
