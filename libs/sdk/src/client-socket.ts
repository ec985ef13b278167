import {
  clientEvents,
  clientNamespace,
  errorBody,
  failedEvent,
  finalisedEvent,
  type FinalisedEvent,
  frameEvent,
  sessionQueue,
  submitted,
} from '@ganglion/contracts';
import { io, type Socket } from 'socket.io-client';
import type { Piece } from './chat-stream.js';
import type { ChatParameters } from './ganglion.js';
import { FollowedTask } from './followed-task.js';
import { GanglionError } from './ganglion-error.js';
import type { CallOptions } from './http.js';

export interface SocketTask extends AsyncIterable<Piece> {
  readonly taskId: string;
  /** Settles when the task ended. */
  readonly final: Promise<FinalisedEvent>;
  cancel(): Promise<void>;
}

/** Several tasks over one socket.io connection (WebSocket). Closing it cancels the tasks that still run. */
export class ClientSocket {
  readonly #socket: Socket;
  readonly #tasks = new Map<string, FollowedTask>();

  constructor(url: string, apiKey: string) {
    this.#socket = io(url + clientNamespace, { transports: ['websocket'], auth: { apiKey }, forceNew: true });
    this.listen();
  }

  /** Submits a task; resolves when it is accepted, rejects with the network's error. */
  async submit(parameters: ChatParameters, { signal }: CallOptions = {}): Promise<SocketTask> {
    signal?.throwIfAborted();
    await this.connected();
    const answer: unknown = await this.ask(clientEvents.submit, parameters);
    const { taskId } = this.parse(submitted, answer);
    const followed = this.follow(taskId);
    const forget = (): void => void this.#tasks.delete(taskId);
    followed.final.then(forget, forget);
    const cancel = async (): Promise<void> => {
      this.parse(sessionQueue.cancel.output, await this.ask(clientEvents.cancel, { taskId }));
    };
    signal?.addEventListener('abort', () => void cancel().catch(() => undefined), { once: true });
    if (signal?.aborted) await cancel();
    return {
      taskId,
      final: followed.final,
      cancel,
      [Symbol.asyncIterator]: () => followed.pieces[Symbol.asyncIterator](),
    };
  }

  close(): void {
    this.#socket.disconnect();
    this.failAll(new GanglionError('the socket was closed', { status: 0, code: 'socket_closed' }));
  }

  private connected(): Promise<void> {
    if (this.#socket.connected) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const onConnect = (): void => (this.#socket.off('connect_error', onError), resolve());
      const onError = (error: Error): void => {
        this.#socket.off('connect', onConnect);
        reject(toGanglionError(error));
      };
      this.#socket.once('connect', onConnect);
      this.#socket.once('connect_error', onError);
      this.#socket.connect();
    });
  }

  private ask(event: string, message: unknown): Promise<unknown> {
    return this.#socket
      .timeout(30_000)
      .emitWithAck(event, message)
      .catch(() => {
        throw new GanglionError(`${event} was not answered in time`, { status: 0, code: 'timeout' });
      });
  }

  private parse<T>(
    schema: { safeParse(value: unknown): { success: boolean; data?: T } },
    answer: unknown,
  ): T {
    const parsed = schema.safeParse(answer);
    if (parsed.success && parsed.data !== undefined) return parsed.data;
    throw GanglionError.fromBody(answer, { status: 0 });
  }

  private listen(): void {
    this.#socket.on(clientEvents.frame, (data: unknown) => {
      const frame = frameEvent.safeParse(data).data;
      if (frame && (frame.text !== '' || frame.logprobs?.length))
        this.follow(frame.taskId).pieces.push(frame);
    });
    this.#socket.on(clientEvents.finalised, (data: unknown) => {
      const event = finalisedEvent.safeParse(data).data;
      if (event) this.follow(event.taskId).finalise(event);
    });
    this.#socket.on(clientEvents.failed, (data: unknown) => {
      const event = failedEvent.safeParse(data).data;
      if (event)
        this.follow(event.taskId).fail(GanglionError.fromBody({ error: event.error }, { status: 0 }));
    });
    this.#socket.on('disconnect', (reason) =>
      this.failAll(
        new GanglionError(`the connection was lost (${reason})`, { status: 0, code: 'connection_lost' }),
      ),
    );
  }

  private follow(taskId: string): FollowedTask {
    const task = this.#tasks.get(taskId) ?? new FollowedTask();
    this.#tasks.set(taskId, task);
    return task;
  }

  private failAll(error: GanglionError): void {
    for (const task of this.#tasks.values()) if (!task.isEnded) task.fail(error);
    this.#tasks.clear();
  }
}

/** A refused handshake carries the router's error; others are of the connection. */
const toGanglionError = (error: Error & { data?: unknown }): GanglionError => {
  const body = { error: error.data };
  if (errorBody.safeParse(body).success) return GanglionError.fromBody(body, { status: 0 });
  return new GanglionError(
    `the socket cannot be opened: ${error.message}`,
    { status: 0, code: 'connection_failed' },
    { cause: error },
  );
};
