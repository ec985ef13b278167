import { setTimeout as pause } from 'node:timers/promises';
import type {
  GeneratedToken,
  GenerateRequest,
  NodeEngine,
  NodePrompt,
  NodeScore,
  ScoreRequest,
} from '@ganglion/node';

/** A real engine that takes its time, or says it is of another class than it is. */
export class PacedEngine implements NodeEngine {
  readonly model;
  readonly determinismClass: string;
  #nextAt = 0;

  constructor(
    private readonly engine: NodeEngine,
    private readonly pace: { tokenMs?: number | undefined; determinismClass?: string | undefined },
  ) {
    this.model = engine.model;
    this.determinismClass = pace.determinismClass ?? engine.determinismClass;
  }

  countPromptTokens(prompt: NodePrompt): Promise<number> {
    return this.engine.countPromptTokens(prompt);
  }

  score(request: ScoreRequest, signal: AbortSignal): Promise<NodeScore> {
    return this.engine.score(request, signal);
  }

  /** No two tokens of the node, in whatever slots, are closer together than the pace: slots share a machine. */
  async *generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<GeneratedToken> {
    for await (const token of this.engine.generate(request, signal)) {
      const waitMs = this.takeTurn();
      if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      yield token;
    }
  }

  /** Milliseconds until a token may leave. Whoever wakes late does not delay those behind it. */
  private takeTurn(): number {
    const now = performance.now();
    this.#nextAt = Math.max(now, this.#nextAt) + (this.pace.tokenMs ?? 0);
    return this.#nextAt - now;
  }
}
