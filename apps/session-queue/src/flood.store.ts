import { type Reason, sessionQueue } from '@ganglion/contracts';
import { record } from '@ganglion/database';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { QueueDatabase, QueueOutbox } from './database.store.js';
import type { Stream } from './flood-streams.js';

const isTaskId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** Whose tasks are whose, and what is said of nodes that do not heed it. */
@Injectable()
export class FloodStore {
  constructor(
    private readonly database: QueueDatabase,
    private readonly outbox: QueueOutbox,
    private readonly clock: Clock,
  ) {}

  /** Those of the streams whose task was given to other nodes, and never to this one. */
  async foreign(streams: readonly Stream[]): Promise<Stream[]> {
    const real = streams.filter(({ taskId }) => isTaskId(taskId));
    if (real.length === 0) return [];
    const attempts = await this.database.client.attempt.findMany({
      where: { taskId: { in: [...new Set(real.map(({ taskId }) => taskId))] } },
      select: { taskId: true, nodeId: true },
    });
    const given = new Set(attempts.map(({ taskId }) => taskId));
    const own = new Set(attempts.map(({ taskId, nodeId }) => `${nodeId}.${taskId}`));
    return real.filter(({ nodeId, taskId }) => given.has(taskId) && !own.has(`${nodeId}.${taskId}`));
  }

  /** Tells the network what a node does. */
  async accuse(nodeId: string, reason: Reason): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction((tx) =>
      record(tx, {
        entity: 'node',
        entityId: nodeId,
        at,
        event: sessionQueue.nodeMisbehaved,
        payload: { nodeId, reason, at: at.toISOString() },
      }),
    );
    this.outbox.wake();
  }
}
