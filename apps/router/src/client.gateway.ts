import {
  type ApiKeyFacts,
  cancelParameters,
  clientEvents,
  clientNamespace,
  completionParameters,
  type ErrorBody,
  excerpt,
  Fault,
  sessionQueue,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Logger } from '@nestjs/common';
import {
  Ack,
  ConnectedSocket,
  MessageBody,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import { Callers } from './callers.service.js';
import { requireOwner } from './ownership.js';
import { answerFault } from './error-body.js';
import { parseInput } from './input.js';
import type { RunningTask } from './running-task.js';
import { socketOptions } from './socket-options.js';
import { sendTask } from './socket-stream.js';
import { SubmitService } from './submit.service.js';
import { TaskMetrics } from './task-metrics.service.js';
import { withoutUnsupported } from './unsupported.js';

type Acknowledge = (answer: unknown) => void;
const heardEvents: ReadonlySet<unknown> = new Set([clientEvents.submit, clientEvents.cancel]);
interface ClientData {
  caller: ApiKeyFacts;
  tasks: Map<string, RunningTask>;
  submitting: number;
}

const MAX_TASKS_PER_SOCKET = 64;

/** Clients over socket.io: the same tasks as over REST, several on one connection. */
@WebSocketGateway({ namespace: clientNamespace, ...socketOptions })
export class ClientGateway implements OnGatewayInit<Namespace>, OnGatewayDisconnect<Socket> {
  readonly #log = new Logger('ClientGateway');

  constructor(
    private readonly bus: Bus,
    private readonly callers: Callers,
    private readonly submits: SubmitService,
    private readonly metrics: TaskMetrics,
  ) {}

  /** A connection without a valid key never opens: its `connect_error` carries the error. */
  afterInit(namespace: Namespace): void {
    namespace.server.of('/').use((_, next) => next(new Error(`connect to the namespace ${clientNamespace}`)));
    namespace.use((socket, next) => {
      this.callers.ofHandshake(socket.handshake, 'apiKey').then(
        ({ caller }) => {
          const data: ClientData = { caller, tasks: new Map(), submitting: 0 };
          Object.assign(socket.data, data);
          this.refuseUnknown(socket);
          next();
        },
        (error: unknown) => {
          const { error: said } = this.toError(error);
          next(Object.assign(new Error(said.message), { data: said }));
        },
      );
    });
  }

  /** An event that nobody handles must not leave its sender waiting. */
  private refuseUnknown(socket: Socket): void {
    socket.use(([event, ...rest], next) => {
      if (heardEvents.has(event)) return next();
      const message = `${excerpt(String(event))} is no event of this socket: send ${[...heardEvents].join(' or ')}`;
      this.refuse(socket, rest.at(-1), new Fault('INVALID', message, { reason: 'unknown_event' }));
    });
  }

  /** Whoever asked for no acknowledgement hears the error as an event. */
  private refuse(socket: Socket, acknowledge: unknown, error: unknown): void {
    const body = this.toError(error);
    if (typeof acknowledge === 'function') (acknowledge as Acknowledge)(body);
    else socket.emit(clientEvents.error, body);
  }

  handleDisconnect(socket: Socket): void {
    const { tasks } = socket.data as Partial<ClientData>;
    for (const task of tasks?.values() ?? []) void task.leave('the socket was closed');
  }

  @SubscribeMessage(clientEvents.submit)
  async submit(
    @ConnectedSocket() socket: Socket,
    @MessageBody() body: unknown,
    @Ack() acknowledge: Acknowledge | undefined,
  ): Promise<void> {
    const data = socket.data as ClientData;
    const reserved = data.tasks.size + data.submitting < MAX_TASKS_PER_SOCKET;
    data.submitting += 1;
    try {
      if (!reserved)
        throw new Fault('LIMITED', `a socket runs at most ${MAX_TASKS_PER_SOCKET} tasks: wait for one`);
      this.callers.count(data.caller);
      const parameters = parseInput(completionParameters, withoutUnsupported(body), 'the task');
      const task = await this.submits.submit(data.caller, { parameters, isStream: true });
      data.tasks.set(task.taskId, task);
      acknowledge?.({ taskId: task.taskId, sessionId: task.sessionId, position: task.position });
      if (!socket.connected) void task.leave('the socket was closed');
      this.pump(socket, task);
    } catch (error) {
      this.refuse(socket, acknowledge, error);
    } finally {
      data.submitting -= 1;
    }
  }

  @SubscribeMessage(clientEvents.cancel)
  async cancel(
    @ConnectedSocket() socket: Socket,
    @MessageBody() body: unknown,
    @Ack() acknowledge: Acknowledge | undefined,
  ): Promise<void> {
    try {
      const { taskId } = parseInput(cancelParameters, body, 'the message');
      const view = await this.bus.request(sessionQueue.get, { taskId });
      const { caller } = socket.data as ClientData;
      requireOwner(caller, view, { field: 'taskId', what: `task ${taskId}` });
      const reason = { code: 'client_cancelled', message: 'the client cancelled the task' };
      const cancelled = await this.bus.request(sessionQueue.cancel, { taskId, reason });
      acknowledge?.(cancelled);
    } catch (error) {
      this.refuse(socket, acknowledge, error);
    }
  }

  private pump(socket: Socket, task: RunningTask): void {
    const { observe, end } = this.metrics.follow(task, 'socket');
    const { tasks } = socket.data as ClientData;
    sendTask(socket, task, observe)
      .catch((error: unknown) => this.#log.error(error instanceof Error ? error.stack : String(error)))
      .finally(() => {
        tasks.delete(task.taskId);
        end();
      });
  }

  private toError(error: unknown): ErrorBody {
    if (error instanceof Fault) return answerFault(error).body;
    this.#log.error(error instanceof Error ? error.stack : String(error));
    return answerFault(new Fault('INTERNAL', 'unexpected')).body;
  }
}
