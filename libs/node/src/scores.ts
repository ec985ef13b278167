import {
  cognitive,
  Fault,
  type InputOf,
  type jobs,
  type OutputOf,
  type Reason,
  type Scores as Found,
} from '@ganglion/contracts';
import type { NodeClock } from './clock.js';
import type { NodeEngine, NodeScore } from './engine.js';
import type { Link } from './link.js';
import type { NodeLog } from './log.js';
import { problemOf } from './problem.js';
import type { Slots } from './slots.js';
import { tell } from './tell.js';

type Job = InputOf<typeof jobs.score>;
type Claim = Job['claims'][number];
type Scored = Found['claims'][number];

export interface ScoresOptions {
  readonly engine: NodeEngine;
  readonly modelDigest: string;
  readonly slots: Slots;
  readonly link: Pick<Link, 'ask'>;
  readonly clock: NodeClock;
  readonly log: NodeLog;
}

/** One at a time: who audits must not hold up who is served. */
const KEY = 'score';

/** Checks what other nodes say they computed: one audit at a time, in a slot like any attempt. */
export class Scores {
  readonly #closing = new AbortController();
  #auditId: string | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly options: ScoresOptions) {}

  /** Takes an audit, or throws a Fault as for an attempt. The same one again is accepted again, and computed once. */
  async score(job: Job): Promise<OutputOf<typeof jobs.score>> {
    const { engine, modelDigest, slots, clock } = this.options;
    if (this.#auditId === job.auditId) return { accepted: true };
    if (job.request.modelDigest !== modelDigest)
      throw new Fault(
        'CONFLICT',
        `request.modelDigest: this node serves ${engine.model.id} (${modelDigest})`,
      );
    if (Date.parse(job.expiresAt) <= clock.ms())
      throw new Fault('EXPIRED', `expiresAt: ${job.expiresAt} has passed`);
    if (this.#closing.signal.aborted) throw new Fault('BUSY', 'this node is about to leave');
    if (this.#auditId !== undefined) throw new Fault('BUSY', 'another audit is being scored here');
    if (!slots.take(KEY)) throw new Fault('BUSY', `all ${slots.total} slots are taken`);
    this.#auditId = job.auditId;
    this.#work = this.carryOut(job);
    return { accepted: true };
  }

  /** Takes no more and gives up what is under way; resolves when that was told. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work;
  }

  private async carryOut(job: Job): Promise<void> {
    const { auditId } = job;
    const late = new AbortController();
    const limits = AbortSignal.any([late.signal, this.#closing.signal]);
    void this.abortAt(Date.parse(job.expiresAt), late);
    let told: { scores: Found | null; problem: Reason | null };
    try {
      told = { scores: await scoreAll(job, this.options.engine, limits), problem: null };
    } catch (error) {
      told = { scores: null, problem: problemOf(error) };
    } finally {
      late.abort();
      this.#auditId = undefined;
      this.options.slots.free(KEY);
    }
    await this.tell({ auditId, ...told });
  }

  private async abortAt(deadline: number, late: AbortController): Promise<void> {
    const { clock } = this.options;
    await clock.sleep(deadline - clock.ms(), late.signal);
    late.abort();
  }

  private async tell(found: InputOf<typeof cognitive.scored>): Promise<void> {
    const { link, clock, log } = this.options;
    const reason = await tell(cognitive.scored, found, { link, clock, signal: this.#closing.signal });
    if (reason !== null)
      log('warn', 'the scores of an audit were not taken', { auditId: found.auditId, reason });
  }
}

const scoreAll = async (job: Job, engine: NodeEngine, signal: AbortSignal): Promise<Found> => {
  const promptTokens = await engine.countPromptTokens(job.request.prompt);
  const room = Math.max(0, engine.model.contextLength - promptTokens);
  const claims: Scored[] = [];
  for (const claim of job.claims) {
    const tokens = claim.tokens.slice(0, room);
    claims.push(await scoreOne({ ...claim, tokens }, job, { engine, signal }));
  }
  return { claims, promptTokens, eosTokenIds: [...engine.model.eosTokenIds] };
};

const scoreOne = async (
  { choice, tokens }: Claim,
  { request, slack }: Job,
  { engine, signal }: { engine: NodeEngine; signal: AbortSignal },
): Promise<Scored> => {
  const { prompt, sampling } = request;
  // What is no token of the model had no chance, and nothing can come after it.
  const foreign = tokens.findIndex((id) => id >= engine.model.vocabSize);
  const claimed = foreign < 0 ? tokens : tokens.slice(0, foreign);
  const { gaps, evidence }: NodeScore =
    claimed.length === 0
      ? { gaps: [], evidence: [] }
      : await engine.score({ prompt, sampling, choice, claimed, slack }, signal);
  const found = Array.from(gaps);
  if (foreign >= 0) found.push(Infinity);
  return {
    // JSON has no Infinity.
    gaps: [...found.entries()]
      .filter(([, gap]) => gap > 0)
      .map(([at, gap]): [number, number | null] => [at, gap === Infinity ? null : gap]),
    evidence: claimed.map((_, at): [number, number, number, number] => [
      evidence[4 * at]!,
      evidence[4 * at + 1]!,
      evidence[4 * at + 2]!,
      evidence[4 * at + 3]!,
    ]),
  };
};
