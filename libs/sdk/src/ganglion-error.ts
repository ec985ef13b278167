import { type ErrorBody, errorBody } from '@ganglion/contracts';

export interface GanglionErrorFacts {
  /** HTTP status; 0 when there was no HTTP answer (connection, socket, or an error inside a stream). */
  readonly status: number;
  /** Machine readable: `model_not_found`, `answer_rejected`, `connection_failed`, … */
  readonly code: string | null;
  /** The wrong field of the request. */
  readonly param?: string | null;
  /** Names the request in the router's log. */
  readonly requestId?: string | null;
  /** The task that failed, if the request became one. */
  readonly taskId?: string | null;
  readonly retryAfterSeconds?: number | null;
}

/** Every failure of the network, the connection or the request. */
export class GanglionError extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;
  readonly requestId: string | null;
  readonly taskId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(message: string, facts: GanglionErrorFacts, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GanglionError';
    this.status = facts.status;
    this.code = facts.code;
    this.param = facts.param ?? null;
    this.requestId = facts.requestId ?? null;
    this.taskId = facts.taskId ?? null;
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
  }

  /** The error a body in OpenAI's shape tells, or one that says that the body has no such shape. */
  static fromBody(body: unknown, facts: Omit<GanglionErrorFacts, 'code' | 'param'>): GanglionError {
    const parsed = errorBody.safeParse(body);
    if (!parsed.success)
      return new GanglionError(
        `the answer (status ${facts.status}) is not one of a Ganglion router: check the url`,
        {
          ...facts,
          code: 'unexpected_answer',
        },
      );
    const { message, code, param }: ErrorBody['error'] = parsed.data.error;
    return new GanglionError(message, { ...facts, code, param });
  }
}
