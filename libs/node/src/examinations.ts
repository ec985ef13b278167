import { digestJson, referenceDigest, signRole } from '@ganglion/commitment';
import {
  cognitive,
  type CreateJob,
  Fault,
  type FrozenRequest,
  type PrepareJob,
  type Reason,
  type RoundRole,
} from '@ganglion/contracts';
import type { Behaviour } from './behaviour.js';
import type { NodeClock } from './clock.js';
import type { NodeEngine } from './engine.js';
import type { NodeIdentity } from './identity.js';
import type { Link } from './link.js';
import type { NodeLog } from './log.js';
import { problemOf } from './problem.js';
import { roundRequest } from './round/round-request.js';
import type { Slots } from './slots.js';
import { tell } from './tell.js';

export interface ExaminationsOptions {
  readonly engine: NodeEngine;
  readonly modelDigest: string;
  readonly identity: NodeIdentity;
  readonly behaviour: Pick<Behaviour, 'reference'>;
  readonly slots: Slots;
  readonly link: Pick<Link, 'ask'>;
  readonly clock: NodeClock;
  readonly log: NodeLog;
}

type Accepted = { accepted: true };

/** One request to be answered in a role. */
interface Task {
  readonly role: RoundRole;
  readonly roundId: string;
  readonly seed: string;
  readonly expiresAt: string;
  readonly request: FrozenRequest;
}

/** What became of it. */
interface Found {
  readonly bound: { reference: string; signature: string } | null;
  readonly problem: Reason | null;
}

/** One at a time: who makes tests for others must not hold up who is served. */
const KEY = 'examine';

/** Makes tests for other nodes, and does those that others made a second time, in a slot like any attempt. */
export class Examinations {
  readonly #closing = new AbortController();
  #current: string | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly options: ExaminationsOptions) {}

  /** Takes a role, or throws a Fault as for an attempt. The same job again is accepted again, and computed once. */
  async create({ roundId, seed, expiresAt, ...asked }: CreateJob): Promise<Accepted> {
    this.check(asked.modelDigest);
    return this.take({ role: 'creator', roundId, seed, expiresAt, request: roundRequest(seed, asked) });
  }

  /** As `create`, for a request that another node has made. */
  async prepare({ roundId, seed, expiresAt, request }: PrepareJob): Promise<Accepted> {
    this.check(request.modelDigest);
    return this.take({ role: 'preparer', roundId, seed, expiresAt, request });
  }

  /** Takes no more and gives up what is under way; resolves when that was told. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('this node leaves'));
    await this.#work;
  }

  private check(asked: string): void {
    const { engine, modelDigest } = this.options;
    if (asked !== modelDigest)
      throw new Fault('CONFLICT', `modelDigest: this node serves ${engine.model.id} (${modelDigest})`);
  }

  private take(task: Task): Accepted {
    const { slots, clock } = this.options;
    const key = `${task.roundId}/${task.role}`;
    if (this.#current === key) return { accepted: true };
    if (Date.parse(task.expiresAt) <= clock.ms())
      throw new Fault('EXPIRED', `expiresAt: ${task.expiresAt} has passed`);
    if (this.#closing.signal.aborted) throw new Fault('BUSY', 'this node is about to leave');
    if (this.#current !== undefined) throw new Fault('BUSY', 'another test is being made here');
    if (!slots.take(KEY)) throw new Fault('BUSY', `all ${slots.total} slots are taken`);
    this.#current = key;
    this.#work = this.carryOut(task);
    return { accepted: true };
  }

  private async carryOut(task: Task): Promise<void> {
    const late = new AbortController();
    const limits = AbortSignal.any([late.signal, this.#closing.signal]);
    void this.abortAt(Date.parse(task.expiresAt), late);
    let found: Found | null;
    try {
      found = await this.answer(task, limits);
    } catch (error) {
      found = { bound: null, problem: problemOf(error) };
    } finally {
      late.abort();
      this.#current = undefined;
      this.options.slots.free(KEY);
    }
    if (found) await this.tell(task, found);
  }

  /** Null when its behaviour keeps the answer back. */
  private async answer(task: Task, signal: AbortSignal): Promise<Found | null> {
    const { engine, identity, behaviour } = this.options;
    const { role, roundId, seed, request } = task;
    const texts = behaviour.reference(await textsOf(engine, request, signal), role);
    if (!texts) return null;
    const requestDigest = digestJson(request);
    const reference = referenceDigest(requestDigest, texts);
    const statement = { role, roundId, seed, requestDigest, reference };
    return { bound: { reference, signature: signRole(identity.sign, statement) }, problem: null };
  }

  private async tell({ role, roundId, request }: Task, { bound, problem }: Found): Promise<void> {
    const { link, clock, log } = this.options;
    const options = { link, clock, signal: this.#closing.signal };
    const reason =
      role === 'creator'
        ? await tell(cognitive.created, { roundId, made: bound && { ...bound, request }, problem }, options)
        : await tell(cognitive.prepared, { roundId, made: bound, problem }, options);
    if (reason !== null) log('warn', 'what was made of a test was not taken', { roundId, role, reason });
  }

  private async abortAt(deadline: number, late: AbortController): Promise<void> {
    const { clock } = this.options;
    await clock.sleep(deadline - clock.ms(), late.signal);
    late.abort(new Error('the answer was not there in time'));
  }
}

/** The texts of all choices, as an answer to a user has them. */
const textsOf = (engine: NodeEngine, request: FrozenRequest, signal: AbortSignal): Promise<string[]> =>
  Promise.all(
    Array.from({ length: request.choices }, async (_, choice) => {
      const { prompt, sampling, logprobs } = request;
      const asked = { prompt, sampling, choice, ...(logprobs === undefined ? {} : { logprobs }) };
      let text = '';
      for await (const token of engine.generate(asked, signal)) text += token.text;
      signal.throwIfAborted();
      return text;
    }),
  );
