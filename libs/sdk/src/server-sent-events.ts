export interface ServerSentEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** A router's events are small; a stream without line ends is no event stream. */
const MAX_LINE = 8_000_000;

/** Reads a stream of server-sent events (WHATWG HTML 9.2): comments are skipped, an unfinished last event is dropped. */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerSentEvent, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const pending = new PendingEvent();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      if (rest.length > MAX_LINE) throw new Error('a line of the event stream is too long');
      const { lines, open } = splitLines(rest);
      rest = open;
      for (const line of lines) {
        const event = pending.take(line);
        if (event) yield event;
      }
    }
  } finally {
    // Also when the reader of the events stops early: the connection must not stay open for nobody.
    await reader.cancel().catch(() => undefined);
  }
}

/** Whole lines, ended by LF, CR or CRLF, and what has no end yet (a last CR may be half of a CRLF). */
const splitLines = (text: string): { lines: string[]; open: string } => {
  const held = text.endsWith('\r') ? text.slice(0, -1) : text;
  const lines = held.split(/\r\n|\n|\r/);
  return { open: (lines.pop() ?? '') + text.slice(held.length), lines };
};

class PendingEvent {
  #event = '';
  #id = '';
  #data: string[] = [];

  /** Takes a line; an empty one ends an event. */
  take(line: string): ServerSentEvent | undefined {
    if (line === '') return this.end();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    if (field === 'id') this.#id = value;
    if (field === 'data') this.#data.push(value);
    return undefined;
  }

  private end(): ServerSentEvent | undefined {
    const event = { event: this.#event || 'message', id: this.#id, data: this.#data.join('\n') };
    const hasData = this.#data.length > 0;
    this.#event = '';
    this.#data = [];
    return hasData ? event : undefined;
  }
}
