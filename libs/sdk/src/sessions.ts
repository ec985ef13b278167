import {
  page,
  pageOf,
  reputation,
  session,
  type sessionParameters,
  type SessionState,
  sessionView,
  type SessionView,
} from '@ganglion/contracts';
import type { z } from 'zod';
import type { CallOptions, Http } from './http.js';

export type OpenSession = z.input<typeof sessionParameters>;
export type PageOptions = z.input<typeof page>;

export const pageQuery = (options: object = {}): string => {
  const given = Object.entries(options as Record<string, unknown>).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`;
};

/** Explicit sessions: nodes reserved for their owner. */
export class Sessions {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Opens a session: READY, or RESERVING while its nodes are gathered (ask `get` again). */
  open(parameters: OpenSession, { signal }: CallOptions = {}): Promise<SessionView> {
    return this.#http.json('/v1/sessions', session.open.output, {
      method: 'POST',
      body: parameters,
      ...(signal ? { signal } : {}),
    });
  }

  get(sessionId: string, options: CallOptions = {}): Promise<SessionView> {
    return this.#http.json(`/v1/sessions/${encodeURIComponent(sessionId)}`, sessionView, options);
  }

  /** @param paging.all everyone's, for admins */
  list(paging: PageOptions & { all?: boolean; state?: SessionState } = {}, options: CallOptions = {}) {
    return this.#http.json(`/v1/sessions${pageQuery(paging)}`, pageOf(sessionView), options);
  }

  /** What became of its attempts. */
  statistics(sessionId: string, options: CallOptions = {}) {
    const path = `/v1/sessions/${encodeURIComponent(sessionId)}/statistics`;
    return this.#http.json(path, reputation.session.output, options);
  }

  /** Lets running tasks end and gives the nodes back. */
  close(sessionId: string, options: CallOptions = {}): Promise<SessionView> {
    return this.#http.json(`/v1/sessions/${encodeURIComponent(sessionId)}`, sessionView, {
      ...options,
      method: 'DELETE',
    });
  }
}
