import { clientEvents } from '@ganglion/contracts';
import type { Shown } from './choice-relay.js';
import { type CompletionChunks, finalisedEventOf, frameEventOf } from './completion.js';
import type { TaskEvent } from './running-task.js';
import { failedEventOf } from './task-failure.js';

/** A server-sent event (WHATWG HTML, 9.2): JSON has no raw line breaks, so one `data` line holds it. */
const sseEvent = (data: unknown, { id, event }: { id?: string; event?: string } = {}): string =>
  `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

/** A line every reader ignores: keeps the connection alive, or tells a human something. */
export const sseComment = (text: string): string => `: ${text.replaceAll(/[\r\n]+/g, ' ')}\n\n`;

const SSE_DONE = 'data: [DONE]\n\n';

/** Where a stream is: choice, index of the last token, first 8 digits of the chain's link after it. */
const sseId = ({ choice, index, link }: Pick<Shown, 'choice' | 'index' | 'link'>): string =>
  `${choice}.${index}.${link.slice(0, 8)}`;

/** Turns the events of a task into the text of a stream. */
export type SseFormat = (event: TaskEvent) => string;

/** OpenAI's stream: chunks, an error event before the close if it fails, `[DONE]` if it does not. */
export const openAiFormat =
  (taskId: string, chunks: CompletionChunks): SseFormat =>
  (event) => {
    switch (event.type) {
      case 'position':
        return sseComment(
          `queue position ${event.position}${event.etaMs === null ? '' : `, about ${Math.round(event.etaMs)} ms to go`}`,
        );
      case 'shown':
        return chunks
          .shown(event)
          .map((chunk) => sseEvent(chunk, { id: sseId(event) }))
          .join('');
      case 'finalised':
        return `${chunks
          .finalised(event.record)
          .map((chunk) => sseEvent(chunk))
          .join('')}${SSE_DONE}`;
      case 'failed': {
        const { error } = failedEventOf(taskId, event);
        return sseEvent({ error, ganglion: { taskId } }, { event: 'error' });
      }
    }
  };

/** The native stream: the same events as on the socket. */
export const nativeFormat =
  (taskId: string): SseFormat =>
  (event) => {
    switch (event.type) {
      case 'position': {
        const { position, etaMs } = event;
        return sseEvent({ taskId, position, etaMs }, { event: clientEvents.position });
      }
      case 'shown':
        return sseEvent(frameEventOf(taskId, event), { id: sseId(event), event: clientEvents.frame });
      case 'finalised':
        return `${sseEvent(finalisedEventOf(event.record), { event: clientEvents.finalised })}${SSE_DONE}`;
      case 'failed':
        return sseEvent(failedEventOf(taskId, event), { event: clientEvents.failed });
    }
  };
