import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { RunningTask, TaskEvent } from './running-task.js';
import { sseComment, type SseFormat } from './sse.js';

const HEARTBEAT_MS = 10_000;
/** A client that takes nothing for this long is as good as gone. */
const STALL_MS = 60_000;

/** Writes one task's events as server-sent events, as fast as the client reads them, until the task or the client ends. */
export const streamTask = async (
  reply: FastifyReply,
  task: RunningTask,
  { format, observe }: { format: SseFormat; observe: (event: TaskEvent) => void },
): Promise<void> => {
  const response = begin(reply, task.taskId);
  const gone = new AbortController();
  const onClose = (): void => {
    gone.abort();
    void task.leave('the client closed the connection');
  };
  response.once('close', onClose);
  // A connection that broke before the listener was there says nothing any more.
  if (response.destroyed || response.socket?.destroyed) onClose();
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(sseComment('alive'));
  }, HEARTBEAT_MS);
  try {
    for await (const event of task.events()) {
      observe(event);
      await write(response, format(event), gone.signal);
      if (gone.signal.aborted) break;
    }
  } finally {
    clearInterval(heartbeat);
    response.off('close', onClose);
    await task.leave('the client stopped reading');
    response.end();
  }
};

const begin = (reply: FastifyReply, taskId: string): ServerResponse => {
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    connection: 'keep-alive',
    // Proxies in front must not collect the stream.
    'x-accel-buffering': 'no',
  });
  response.write(sseComment(`task ${taskId}`));
  return response;
};

/** Waits until the client took what is buffered: back-pressure reaches the task's own buffer, which is bounded. */
const write = async (response: ServerResponse, text: string, gone: AbortSignal): Promise<void> => {
  if (text === '' || response.write(text) || gone.aborted) return;
  try {
    await once(response, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(STALL_MS)]) });
  } catch {
    response.destroy();
  }
};
