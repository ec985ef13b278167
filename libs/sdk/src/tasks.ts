import { type Receipt, receiptSchema } from '@ganglion/commitment';
import {
  sessionQueue,
  submitted,
  type taskParameters,
  type TaskState,
  type TaskView,
  taskView,
} from '@ganglion/contracts';
import type { z } from 'zod';
import type { CallOptions, Http } from './http.js';
import { type PageOptions, pageQuery } from './sessions.js';

export type SubmitTask = z.input<typeof taskParameters>;

export interface TaskFilter {
  readonly sessionId?: string | undefined;
  /** Everyone's, for admins. */
  readonly all?: boolean | undefined;
  readonly state?: TaskState | undefined;
  /** Only those that this node had an attempt at. */
  readonly nodeId?: string | undefined;
}

/** Tasks that are submitted now and read later. */
export class Tasks {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Puts a task into a session and returns at once. */
  submit(sessionId: string, task: SubmitTask, options: CallOptions = {}) {
    return this.#http.json(`/v1/sessions/${encodeURIComponent(sessionId)}/tasks`, submitted, {
      ...options,
      method: 'POST',
      body: { ...task, stream: false },
    });
  }

  get(taskId: string, options: CallOptions = {}): Promise<TaskView> {
    return this.#http.json(`/v1/tasks/${encodeURIComponent(taskId)}`, taskView, options);
  }

  list(paging: PageOptions & TaskFilter = {}, options: CallOptions = {}) {
    return this.#http.json(`/v1/tasks${pageQuery(paging)}`, sessionQueue.list.output, options);
  }

  /** Stops a task; what was accepted until then stays. */
  cancel(taskId: string, options: CallOptions = {}) {
    return this.#http.json(`/v1/tasks/${encodeURIComponent(taskId)}`, sessionQueue.cancel.output, {
      ...options,
      method: 'DELETE',
    });
  }

  /** The signed receipt; `Ganglion.verify` checks it. */
  async receipt(taskId: string, options: CallOptions = {}): Promise<Receipt> {
    return this.#http.json(`/v1/tasks/${encodeURIComponent(taskId)}/receipt`, receiptSchema, options);
  }
}
