import { setTimeout as pause } from 'node:timers/promises';
import type {
  GeneratedToken,
  GenerateRequest,
  NodeEngine,
  NodePrompt,
  NodeScore,
  ScoreRequest,
} from '@ganglion/node';
import { falseTokenAt, fleetModel, questionOf, tokenAt } from './fleet-model.js';
import type { NodePlan } from './fleet-plan.js';
import { seeded } from '../seeded.js';

/** Tokens that are due within this time leave together: a timer each would be most of what a fleet costs. */
const STEP_MS = 40;
/** Raw logits times 256, of the chosen token and the next. */
const SURE = 4_096;
const UNSURE = 1_024;
/** How far a wrong token is from the right one, in logits. */
const WRONG = 12;

/** An engine whose answers, speed and faults are a function of a seed. */
export class FleetEngine implements NodeEngine {
  readonly model = fleetModel;
  readonly determinismClass = 'fleet';
  readonly #random: () => number;
  #nextAt = 0;

  constructor(private readonly plan: NodePlan) {
    this.#random = seeded(plan.seed);
  }

  async countPromptTokens(prompt: NodePrompt): Promise<number> {
    return questionOf(prompt).split(/\s+/).length;
  }

  async score({ prompt, claimed }: ScoreRequest): Promise<NodeScore> {
    const question = questionOf(prompt);
    const right = claimed.map((_, place) => tokenAt(question, place).id);
    return {
      gaps: claimed.map((id, place) => (id === right[place] ? 0 : WRONG)),
      evidence: right.flatMap((id) => [id, SURE, 0, UNSURE]),
    };
  }

  async *generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<GeneratedToken> {
    const { breaks, lieRate } = this.plan;
    if (breaks === 'throws') throw new Error('this engine is broken');
    if (breaks === 'silent') return void (await untilAborted(signal));
    const question = questionOf(request.prompt);
    const { maxTokens } = request.sampling;
    const lieAt = this.#random() < lieRate ? Math.floor(this.#random() * maxTokens) : -1;
    for (let place = request.resumeFrom?.length ?? 0; place < maxTokens; place++) {
      const isLast = place === maxTokens - 1;
      const waitMs = this.takeTurn();
      if (waitMs >= STEP_MS || (isLast && waitMs > 0))
        await pause(waitMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const { id, text } = place === lieAt ? falseTokenAt(question, place) : tokenAt(question, place);
      const evidence = { top1Id: id, top1: SURE, top2Id: 0, top2: UNSURE };
      yield { id, text, evidence, ...(isLast ? { finish: 'length' as const } : {}) };
    }
  }

  /** Milliseconds until a token may leave. */
  private takeTurn(): number {
    const now = performance.now();
    this.#nextAt = Math.max(now, this.#nextAt) + this.plan.tokenMs;
    return this.#nextAt - now;
  }
}

const untilAborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
};
