import {
  type AdminView,
  apiKeyFacts,
  eventPage,
  healthView,
  type HealthView,
  type KeyLimits,
  keyView,
  type KeyView,
  type NodeAction,
  nodePool,
  type NodeView,
  nodeView,
  overviewView,
  type OverviewView,
  page,
  pageOf,
  session,
  usageDays,
  type UsageDays,
  whoView,
} from '@ganglion/contracts';
import { z } from 'zod';
import { AdminSocket, type AdminSocketListeners } from './admin-socket.js';
import type { CallOptions, Http } from './http.js';
import { type PageOptions, pageQuery } from './sessions.js';

export type NewKey = z.input<typeof session.createKey.input> & { limits?: KeyLimits };
export type NewJoinToken = z.input<typeof nodePool.createJoinToken.input>;

/** Which events: newest first, of those that `before` (ISO time) and the others name. */
export interface EventFilter extends z.input<typeof page> {
  readonly module?: string | undefined;
  readonly entity?: string | undefined;
  readonly entityId?: string | undefined;
  /** The state that was entered. */
  readonly to?: string | undefined;
  /** Of the reason. */
  readonly code?: string | undefined;
  readonly before?: string | undefined;
}

const createdKey = apiKeyFacts.extend({ apiKey: z.string() });

/** What operators see and do. Every method needs an admin key, or in the router's own pages its cookie. */
export class Admin {
  readonly #http: Http;
  readonly #apiKey: string | undefined;

  constructor(http: Http, apiKey?: string) {
    this.#http = http;
    this.#apiKey = apiKey;
  }

  /** Turns a key into a cookie that scripts cannot read: `unauthorized` (401), not an admin's (403), too often (429). */
  async login(key: string, options: CallOptions = {}): Promise<void> {
    await this.#http.send('/admin/login', { ...options, method: 'POST', body: { key } });
  }

  async logout(options: CallOptions = {}): Promise<void> {
    await this.#http.send('/admin/logout', { ...options, method: 'POST' });
  }

  /** Whose cookie this browser has; null when nobody is signed in. */
  async me(options: CallOptions = {}): Promise<AdminView | null> {
    return (await this.#http.json('/admin/me', whoView, options)).admin;
  }

  /** The network in figures, of the latest so many minutes (5 to 10,080). */
  overview(minutes: number, options: CallOptions = {}): Promise<OverviewView> {
    return this.#http.json(`/v1/overview?minutes=${minutes}`, overviewView, options);
  }

  /** Every part of the network, as the asked router sees it. */
  health(options: CallOptions = {}): Promise<HealthView> {
    return this.#http.json('/v1/health', healthView, options);
  }

  events(filter: EventFilter = {}, options: CallOptions = {}) {
    return this.#http.json(`/v1/events${pageQuery(filter)}`, eventPage, options);
  }

  /** Events as they happen, in batches; close it when done. */
  socket(listeners: AdminSocketListeners): AdminSocket {
    return new AdminSocket({ url: this.#http.url, apiKey: this.#apiKey }, listeners);
  }

  /** Drains, retires, quarantines or re-tests a node; the reason is kept with who did it. */
  act(nodeId: string, action: NodeAction, reason: string, options: CallOptions = {}): Promise<NodeView> {
    return this.#http.json(`/v1/nodes/${encodeURIComponent(nodeId)}/actions`, nodeView, {
      ...options,
      method: 'POST',
      body: { action, reason },
    });
  }

  keys(paging: PageOptions & { revoked?: boolean } = {}, options: CallOptions = {}) {
    return this.#http.json(`/v1/keys${pageQuery(paging)}`, pageOf(keyView), options);
  }

  /** The answer has the key's text, once and never again. */
  createKey(key: NewKey, options: CallOptions = {}): Promise<z.infer<typeof createdKey>> {
    return this.#http.json('/v1/keys', createdKey, { ...options, method: 'POST', body: key });
  }

  changeKey(
    keyId: string,
    change: { name?: string; limits?: KeyLimits },
    options: CallOptions = {},
  ): Promise<KeyView> {
    return this.#http.json(pathOfKey(keyId), keyView, { ...options, method: 'PATCH', body: change });
  }

  async revokeKey(keyId: string, options: CallOptions = {}): Promise<void> {
    await this.#http.send(pathOfKey(keyId), { ...options, method: 'DELETE' });
  }

  /** What was used by key and day, from one day (UTC, `2026-11-01`) to another, both included. */
  usage(range: { from: string; to: string }, options: CallOptions = {}): Promise<UsageDays> {
    return this.#http.json(`/v1/usage/days${pageQuery(range)}`, usageDays, options);
  }

  /** The answer has the token's text, once and never again: a miner joins with it. */
  createJoinToken(token: NewJoinToken, options: CallOptions = {}) {
    return this.#http.json('/v1/join-tokens', nodePool.createJoinToken.output, {
      ...options,
      method: 'POST',
      body: token,
    });
  }
}

const pathOfKey = (keyId: string): string => `/v1/keys/${encodeURIComponent(keyId)}`;
