import {
  adminEventName,
  adminNamespace,
  type ErrorBody,
  type EventView,
  excerpt,
  Fault,
  session,
} from '@ganglion/contracts';
import { Clock, type Repeating } from '@ganglion/runtime';
import type { Listener } from '@ganglion/messaging';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import type { LoggedIn } from './admin-login.service.js';
import { Callers } from './callers.service.js';
import { answerFault } from './error-body.js';
import { EventBatch } from './event-batch.js';
import { EventReader } from './event-reader.js';
import { LiveEvents } from './live-events.service.js';
import { isAdmin } from './ownership.js';
import { socketOptions } from './socket-options.js';

const BATCH_MS = 100;

interface Follower extends LoggedIn {
  readonly reader: EventReader;
}

/** Operators over socket.io: what happens in the network, as it happens. The network is heard only while somebody follows. */
@WebSocketGateway({ namespace: adminNamespace, ...socketOptions })
export class AdminGateway
  implements
    OnGatewayInit<Namespace>,
    OnGatewayConnection<Socket>,
    OnGatewayDisconnect<Socket>,
    OnModuleDestroy
{
  readonly #log = new Logger('AdminGateway');
  readonly #followers = new Map<Socket, Follower>();
  readonly #batch = new EventBatch();
  #hearing: Listener | undefined;
  #turns: Repeating | undefined;

  constructor(
    private readonly callers: Callers,
    private readonly events: LiveEvents,
    private readonly clock: Clock,
  ) {}

  /** A connection that is not an admin's never opens: its `connect_error` carries the error. */
  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      this.admit(socket).then(
        () => next(),
        (error: unknown) => {
          const { error: said } = answerFault(this.toFault(error)).body;
          next(Object.assign(new Error(said.message), { data: said }));
        },
      );
    });
  }

  handleConnection(socket: Socket): void {
    this.refuseEvents(socket);
    const reader = new EventReader({
      // engine.io calls it private, but nothing else tells how much waits for the client.
      waiting: () => (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length,
      send: (batch) => socket.emit(adminEventName, batch),
      cut: () => socket.disconnect(true),
    });
    this.#followers.set(socket, { ...(socket.data as LoggedIn), reader });
    this.#hearing ??= this.events.hear((event) => this.told(event));
    this.#turns ??= this.clock.every(BATCH_MS, () => this.turn(), 'live events');
  }

  handleDisconnect(socket: Socket): void {
    this.#followers.delete(socket);
    if (this.#followers.size === 0) this.rest();
  }

  onModuleDestroy(): void {
    this.rest();
  }

  private async admit(socket: Socket): Promise<void> {
    const found = await this.callers.ofHandshake(socket.handshake, 'key');
    if (!isAdmin(found.caller))
      throw new Fault('FORBIDDEN', 'this needs an API key with the scope "admin": use another key');
    Object.assign(socket.data as object, found);
  }

  /** There is nothing to send here; whoever does must not be left waiting. */
  private refuseEvents(socket: Socket): void {
    socket.use(([event, ...rest]) => {
      const message = `${excerpt(String(event))}: this socket takes no events, it only says ${adminEventName}`;
      const { body } = answerFault(new Fault('INVALID', message, { reason: 'unknown_event' }));
      const acknowledge: unknown = rest.at(-1);
      if (typeof acknowledge === 'function') (acknowledge as (answer: ErrorBody) => void)(body);
    });
  }

  private told(event: EventView): void {
    this.#batch.add(event);
    if (event.subject === session.keyRevoked.subject)
      this.cut(({ caller }) => caller.keyId === event.entityId);
  }

  private turn(): void {
    const now = this.clock.ms();
    this.cut(({ expiresAt }) => expiresAt <= now);
    const batch = this.#batch.take();
    if (batch) for (const { reader } of this.#followers.values()) reader.offer(batch, now);
  }

  private cut(isOver: (follower: Follower) => boolean): void {
    for (const [socket, follower] of this.#followers) if (isOver(follower)) socket.disconnect(true);
  }

  private rest(): void {
    this.#hearing?.close();
    this.#turns?.stop();
    this.#hearing = undefined;
    this.#turns = undefined;
    this.#batch.take();
  }

  private toFault(error: unknown): Fault {
    if (error instanceof Fault) return error;
    this.#log.error(error instanceof Error ? error.stack : String(error));
    return new Fault('INTERNAL', 'unexpected');
  }
}
