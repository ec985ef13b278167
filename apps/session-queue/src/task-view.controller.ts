import { type InputOf, type OutputOf, sessionQueue } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { NetworkKey } from './network-key.js';
import { TaskStore } from './task.store.js';

/** Tasks as others look at them. */
@Controller()
export class TaskViewController {
  constructor(
    private readonly store: TaskStore,
    private readonly key: NetworkKey,
  ) {}

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
