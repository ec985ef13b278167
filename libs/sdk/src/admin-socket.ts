import { adminEventName, type AdminEvents, adminEvents, adminNamespace } from '@ganglion/contracts';
import { io, type Socket } from 'socket.io-client';

export interface AdminSocketListeners {
  /** A batch of what happened, oldest first. */
  readonly onEvents: (batch: AdminEvents) => void;
  /** After a connection was lost events are missing: read again what matters. `reason` says why it is away. */
  readonly onState?: (state: 'live' | 'away', reason: string) => void;
}

/** When the router refuses or ends a connection, socket.io does not try again by itself: it may only be restarting. */
const RETRY_MS = 3_000;

/** What happens in the network, as it happens. Without a key the browser's cookie authenticates. */
export class AdminSocket {
  readonly #socket: Socket;
  #isClosed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    { url, apiKey }: { url: string; apiKey?: string | undefined },
    listeners: AdminSocketListeners,
  ) {
    this.#socket = io(url + adminNamespace, {
      transports: ['websocket'],
      auth: apiKey === undefined ? {} : { key: apiKey },
      forceNew: true,
      reconnectionDelayMax: RETRY_MS,
    });
    const { onEvents, onState } = listeners;
    const leave = (reason: string): void => {
      onState?.('away', reason);
      if (!this.#socket.active) this.#retry = setTimeout(() => this.#socket.connect(), RETRY_MS);
    };
    this.#socket.on('connect', () => onState?.('live', ''));
    this.#socket.on('disconnect', (reason) => !this.#isClosed && leave(reason));
    this.#socket.on('connect_error', (error) => leave(error.message));
    this.#socket.on(adminEventName, (data: unknown) => {
      const batch = adminEvents.safeParse(data).data;
      if (batch) onEvents(batch);
    });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#socket.disconnect();
  }
}
