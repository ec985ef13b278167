import { type Declaration, Fault, nodePool, type NodeState } from '@ganglion/contracts';
import type { Msg } from '@nats-io/nats-core';
import { backOff } from './back-off.js';
import type { NodeClock } from './clock.js';
import type { NodeIdentity } from './identity.js';
import { type Grant, join, JoinDelayed, JoinRefused, toGrant } from './join.js';
import { Line } from './line.js';
import type { Link } from './link.js';
import type { NodeLog } from './log.js';

export interface MembershipOptions {
  readonly url: string;
  readonly identity: NodeIdentity;
  readonly token?: string | undefined;
  readonly declared: Declaration;
  readonly link: Link;
  readonly clock: NodeClock;
  readonly log: NodeLog;
  readonly answer: (msg: Msg) => Promise<void>;
  readonly busySlots: () => number;
  readonly stateChanged: (state: NodeState) => void;
}

const BEAT_MS = 2_000;
const ANSWER_MS = 3_000;
/** A credential is renewed when this much of its life is over. */
const RENEW_AT = 0.75;
/** Without a connection for this long, the credential or the broker's address may be the reason: ask the router. */
const LOST_MS = 6_000;

/** Keeps a node in the network: joins, beats, renews its credential in good time, and joins again after a loss. */
export class Membership {
  #grant: Grant | undefined;
  #grantedAt = 0;
  #connectedAt = 0;
  #isUnknown = false;
  #failures = 0;
  #nextTryAt = 0;
  #state: NodeState | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(private readonly options: MembershipOptions) {}

  /** What the network last said this node is to it. */
  get state(): NodeState | undefined {
    return this.#state;
  }

  /** Tries until the node is joined and connected. @throws JoinRefused; returns early when the signal aborts */
  async enter(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (!signal.aborted) {
      await this.attempt(() => this.rejoin(signal), signal);
      if (this.#grant && this.options.link.isConnected) return this.beat();
      await clock.sleep(Math.max(0, this.#nextTryAt - clock.ms()), signal);
    }
  }

  /** Runs until the signal aborts. @throws JoinRefused when the network no longer wants this node */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    let refused: unknown;
    const refuse = (error: unknown): void => void (refused ??= error);
    while (!signal.aborted && !refused) {
      await clock.sleep(BEAT_MS, signal);
      if (signal.aborted) break;
      await this.beat();
      // Beats go on while it is renewed: a node that falls silent meanwhile would be taken for dead.
      this.#refreshing ??= this.refresh(signal)
        .catch(refuse)
        .finally(() => (this.#refreshing = undefined));
    }
    await this.#refreshing;
    if (refused && !signal.aborted) throw refused;
  }

  private async beat(): Promise<void> {
    const { link, clock, declared, busySlots, stateChanged } = this.options;
    if (link.isConnected) this.#connectedAt = clock.ms();
    const beat = {
      at: new Date(clock.ms()).toISOString(),
      busySlots: busySlots(),
      slots: declared.slots,
      rssBytes: process.memoryUsage().rss,
    };
    try {
      const { state } = await link.ask(nodePool.heartbeat, beat, ANSWER_MS);
      if (state === this.#state) return;
      this.#state = state;
      stateChanged(state);
    } catch (error) {
      // No answer is no news: the next beat comes soon. An unknown node has to introduce itself again.
      if (error instanceof Fault && error.code === 'NOT_FOUND') this.#isUnknown = true;
    }
  }

  private async refresh(signal: AbortSignal): Promise<void> {
    const { clock, link } = this.options;
    const now = clock.ms();
    if (now < this.#nextTryAt || !this.#grant) return;
    const { expiresAt } = this.#grant;
    const isLost = !link.isConnected && now - this.#connectedAt > LOST_MS;
    if (isLost || this.#isUnknown || now >= expiresAt) return this.attempt(() => this.rejoin(signal), signal);
    const renewAt = this.#grantedAt + (expiresAt - this.#grantedAt) * RENEW_AT;
    if (now >= renewAt && link.isConnected) await this.attempt(() => this.renew(signal), signal);
  }

  private async rejoin(signal: AbortSignal): Promise<void> {
    const { url, identity, token, declared } = this.options;
    await this.adopt(await join({ url, identity, token, declared }, signal));
    this.#isUnknown = false;
  }

  private async renew(signal: AbortSignal): Promise<void> {
    try {
      await this.adopt(toGrant(await this.options.link.ask(nodePool.renew, {}, ANSWER_MS)));
    } catch (error) {
      if (error instanceof Fault && error.code !== 'UNAVAILABLE') return this.rejoin(signal);
      throw error;
    }
  }

  private async adopt(grant: Grant): Promise<void> {
    const { identity, link, answer, clock } = this.options;
    this.#grant = grant;
    this.#grantedAt = clock.ms();
    const jwt = (): string => this.#grant?.jwt ?? grant.jwt;
    const line = await Line.open({ identity, servers: grant.natsUrls, jwt, answer });
    this.#connectedAt = clock.ms();
    await link.replace(line);
  }

  /** One try, after which `#nextTryAt` says when the next may come. @throws JoinRefused */
  private async attempt(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.options;
    try {
      await work();
      this.#failures = 0;
      this.#nextTryAt = 0;
    } catch (error) {
      if (error instanceof JoinRefused) throw error;
      if (signal.aborted) return;
      this.#failures++;
      const asked = error instanceof JoinDelayed ? (error.retryAfterMs ?? 0) : 0;
      const waitMs = Math.max(asked, backOff(this.#failures));
      this.#nextTryAt = clock.ms() + waitMs;
      const message = error instanceof Error ? error.message : String(error);
      log('warn', `${message}; trying again in ${(waitMs / 1_000).toFixed(1)} s`);
    }
  }
}
