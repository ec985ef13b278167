import { setTimeout as pause } from 'node:timers/promises';
import { Ganglion, GanglionError } from '@ganglion/sdk';
import { eventually } from '../eventually.js';
import type { NetworkAddress } from '../network-address.js';
import { fleetModel, rightAnswer } from './fleet-model.js';

export interface UsersOptions {
  /** Users with a session of their own, one after the other; beside them one user of the shared session. */
  users: number;
  /** Nodes of each session. */
  nodes: number;
  /** What each user asks in a second, at most; answers are not waited for. */
  tasksPerSecond: number;
  /** How long a session is used before it is closed and the next one opened. */
  sessionMs: number;
  signal: AbortSignal;
}

/** What the users saw. */
export interface Tale {
  sessions: number;
  answers: number;
  wrongAnswers: number;
  /** Refusals and failures by their code. */
  errors: Record<string, number>;
}

const TOKENS = 16;
const LOOK_MS = 250;
const PATIENCE_MS = 30_000;
/** A user that was refused does not come back at once. */
const SULK_MS = 1_000;
/** Questions that a user has open at once; who gets no answers asks no more. */
const OPEN = 8;

/** People who ask all the time: nodes are reserved, serve, and go back to their test. */
export class FleetUsers {
  readonly tale: Tale = { sessions: 0, answers: 0, wrongAnswers: 0, errors: {} };
  #asked = 0;

  constructor(
    private readonly network: NetworkAddress,
    private readonly options: UsersOptions,
  ) {}

  /** Resolves when the signal aborts and every question has its end. */
  async run(): Promise<void> {
    const users = Array.from({ length: this.options.users }, (_, at) => this.user(`user ${at + 1}`));
    await Promise.all([...users, this.passerBy()]);
  }

  private async user(name: string): Promise<void> {
    const { signal, nodes, sessionMs } = this.options;
    const client = await this.client(name);
    while (!signal.aborted) {
      await this.orCounted(async () => {
        const size = { minNodes: nodes, maxNodes: nodes };
        const { sessionId } = await client.sessions.open({ model: fleetModel.id, ...size });
        try {
          if (await this.isReady(client, sessionId)) await this.ask(client, sessionMs, sessionId);
        } finally {
          await client.sessions.close(sessionId);
        }
        this.tale.sessions++;
      });
    }
  }

  private async passerBy(): Promise<void> {
    const client = await this.client('passer-by');
    while (!this.options.signal.aborted) await this.ask(client, this.options.sessionMs);
  }

  private async client(name: string): Promise<Ganglion> {
    const body = JSON.stringify({ name, scopes: ['inference'] });
    const ask = () => this.network.ask<{ apiKey: string }>('/v1/keys', { method: 'POST', body });
    const { apiKey } = await eventually(ask, { everyMs: SULK_MS });
    return new Ganglion({ url: this.network.url, apiKey });
  }

  private async isReady(client: Ganglion, sessionId: string): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < PATIENCE_MS && !this.options.signal.aborted; waitedMs += LOOK_MS) {
      const { state } = await client.sessions.get(sessionId);
      if (state === 'READY' || state === 'DEGRADED') return true;
      await pause(LOOK_MS);
    }
    this.count('not_ready');
    return false;
  }

  /** Asks at the rate for so long; resolves when all is answered. */
  private async ask(client: Ganglion, forMs: number, sessionId?: string): Promise<void> {
    const { signal, tasksPerSecond } = this.options;
    const open = new Set<Promise<void>>();
    const until = performance.now() + forMs;
    while (performance.now() < until && !signal.aborted) {
      if (open.size < OPEN) {
        const asked = this.orCounted(() => this.chat(client, sessionId));
        open.add(asked);
        void asked.finally(() => open.delete(asked));
      }
      await pause(1_000 / tasksPerSecond, undefined, { signal }).catch(() => {});
    }
    await Promise.all(open);
  }

  private async chat(client: Ganglion, sessionId?: string): Promise<void> {
    const content = `A user asks ${++this.#asked}`;
    const asked = {
      model: fleetModel.id,
      messages: [{ role: 'user' as const, content }],
      max_tokens: TOKENS,
      ...(sessionId === undefined ? {} : { ganglion: { sessionId } }),
    };
    const { text } = await client.chat(asked, { signal: AbortSignal.timeout(PATIENCE_MS) });
    this.tale.answers++;
    if (text.trim() !== rightAnswer(content, TOKENS).trim()) this.tale.wrongAnswers++;
  }

  private async orCounted(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.count(error instanceof GanglionError ? (error.code ?? `status_${error.status}`) : 'unreachable');
      await pause(SULK_MS);
    }
  }

  private count(code: string): void {
    this.tale.errors[code] = (this.tale.errors[code] ?? 0) + 1;
  }
}
