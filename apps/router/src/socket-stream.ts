import { once } from 'node:events';
import { clientEvents } from '@ganglion/contracts';
import type { Socket } from 'socket.io';
import { finalisedEventOf, frameEventOf } from './completion.js';
import type { RunningTask, TaskEvent } from './running-task.js';
import { failedEventOf } from './task-failure.js';

/** Packets that may wait for a slow client; further events stay in the task's own, bounded buffer. */
const MAX_WAITING_PACKETS = 64;
const STALL_MS = 60_000;

/** Sends one task's events over a socket, as fast as the client takes them. */
export const sendTask = async (
  socket: Socket,
  task: RunningTask,
  observe: (event: TaskEvent) => void,
): Promise<void> => {
  try {
    for await (const event of task.events()) {
      observe(event);
      send(socket, task.taskId, event);
      await room(socket);
      if (!socket.connected) break;
    }
  } finally {
    await task.leave('the socket was closed');
  }
};

const send = (socket: Socket, taskId: string, event: TaskEvent): void => {
  switch (event.type) {
    case 'position':
      socket.emit(clientEvents.position, { taskId, position: event.position, etaMs: event.etaMs });
      return;
    case 'shown':
      socket.emit(clientEvents.frame, frameEventOf(taskId, event));
      return;
    case 'finalised':
      socket.emit(clientEvents.finalised, finalisedEventOf(event.record));
      return;
    case 'failed':
      socket.emit(clientEvents.failed, failedEventOf(taskId, event));
  }
};

/** Waits while the connection holds too many unsent packets; one that takes none for a minute is cut. */
const room = async (socket: Socket): Promise<void> => {
  // engine.io calls it private, but nothing else tells how much waits for the client.
  const conn = socket.conn as unknown as NodeJS.EventEmitter & { writeBuffer: unknown[] };
  while (socket.connected && conn.writeBuffer.length > MAX_WAITING_PACKETS) {
    try {
      await once(conn, 'drain', { signal: AbortSignal.timeout(STALL_MS) });
    } catch {
      socket.disconnect(true);
    }
  }
};
