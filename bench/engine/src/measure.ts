import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { BenchRequest, Contender } from './contender.js';
import type { Figures, Job } from './contract.js';
import { peakMemoryMb } from './peak-memory.js';
import { promptText } from './prompt-text.js';
import { median, medianOf } from './statistics.js';
import { Traffic } from './traffic.js';

/** Of the prompts where many run at once: short, so that it is decoding that is measured. */
const BATCH_PROMPT = 16;
const LOADED = 4;
const PREFILL = 512;

/** Times one completion. */
interface Timing {
  /** Milliseconds from the request to its first token. */
  first: number;
  /** Milliseconds per token after the first. */
  perToken: number;
}

/** The measurements of one group, in one process. */
export class Measurement {
  readonly #contender: Contender;
  readonly #job: Job;
  #nextSeed: number;

  constructor(contender: Contender, job: Job) {
    this.#contender = contender;
    this.#job = job;
    this.#nextSeed = job.seed * 10_000;
  }

  async run(): Promise<Figures> {
    await this.#warmUp();
    const groups = {
      single: () => this.#single(),
      batch: () => this.#batch(),
      traffic: () => this.#traffic(),
      load: () => this.#underLoad(),
      cancel: () => this.#cancel(),
    };
    return groups[this.#job.group]();
  }

  /** Decoding after prompts of 64 and of 512 tokens, the time a prompt of 512 takes, and memory. */
  async #single(): Promise<Figures> {
    const { tokens } = this.#job;
    const short = await this.#repeat(() => this.#time(64, tokens));
    const long = await this.#repeat(() => this.#time(PREFILL, tokens));
    return {
      decode64_ms: median(short.map((timing) => timing.perToken)),
      decode512_ms: median(long.map((timing) => timing.perToken)),
      prefill512_ms: median(long.map((timing) => timing.first)),
      memory_mb: peakMemoryMb(),
    };
  }

  /** Tokens per second of all, from the requests to the last token; then, apart, the delay of this thread's loop. */
  async #batch(): Promise<Figures> {
    const { parallel, tokens } = this.#job;
    const speeds = await this.#repeat(async () => {
      const began = performance.now();
      await this.#generate(this.#requests(parallel, BATCH_PROMPT, tokens));
      return (parallel * tokens * 1_000) / (performance.now() - began);
    });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await this.#generate(this.#requests(parallel, BATCH_PROMPT, tokens));
    delay.disable();
    return {
      tokens_per_s: median(speeds),
      loop_delay_p50_ms: delay.percentile(50) / 1e6,
      loop_delay_p99_ms: delay.percentile(99) / 1e6,
      memory_mb: peakMemoryMb(),
    };
  }

  /**
   * Tokens per second of clients that each send a request when they have the answer to their last. Who cannot take in a
   * request while others are under way is measured both ways that are left, and the better one counts.
   */
  async #traffic(): Promise<Figures> {
    const { parallel, seed } = this.#job;
    const traffic = new Traffic(parallel, seed, (requests) => this.#generate(requests));
    if (this.#contender.joinsRunning) return { tokens_per_s: await traffic.joining() };
    const oneByOne = await traffic.oneByOne();
    const gathered = await traffic.gathered();
    return {
      tokens_per_s: Math.max(oneByOne, gathered),
      one_by_one_tokens_per_s: oneByOne,
      gathered_tokens_per_s: gathered,
    };
  }

  /** The first token of a new request while four others generate. */
  async #underLoad(): Promise<Figures> {
    const alone = await this.#repeat(() => this.#time(64, 1));
    const loaded = await this.#repeat(async () => {
      const made = new Array<number>(LOADED).fill(0);
      const requests = this.#requests(LOADED, BATCH_PROMPT, this.#job.tokens * 4);
      const areDone = (): boolean => made.some((tokens, at) => tokens === requests[at]!.tokens);
      let tellAllGenerate = (): void => undefined;
      const allGenerate = new Promise<void>((resolve) => (tellAllGenerate = resolve));
      const others = this.#contender.generate(requests, (at) => {
        made[at]!++;
        if (made.every((tokens) => tokens >= 2)) tellAllGenerate();
      });
      await Promise.race([allGenerate, others]);
      let wasLoaded = false;
      const { first } = await this.#time(64, 1, () => (wasLoaded = !areDone()));
      await others;
      return wasLoaded ? first : null;
    });
    return { ttft_ms: median(alone.map((timing) => timing.first)), ttft_loaded_ms: medianOf(loaded) };
  }

  /**
   * The only slot is taken by a prompt of 512 tokens, which is cancelled when half of it should be done: how much later
   * than alone does the next request have its first token?
   */
  async #cancel(): Promise<Figures> {
    if (!this.#contender.canCancel) return { cancel_prefill_ms: null };
    const prefill = median((await this.#repeat(() => this.#time(PREFILL, 1))).map((timing) => timing.first));
    const alone = median((await this.#repeat(() => this.#time(8, 1))).map((timing) => timing.first));
    const late = await this.#repeat(async () => {
      const cancel = new AbortController();
      let began = false;
      const cancelled = this.#contender.generate(
        this.#requests(1, PREFILL, 1),
        () => (began = true),
        cancel.signal,
      );
      await new Promise((resolve) => setTimeout(resolve, prefill / 2));
      const wasInPrefill = !began;
      cancel.abort();
      const next = await this.#time(8, 1);
      await cancelled;
      return wasInPrefill ? Math.max(0, next.first - alone) : null;
    });
    return { cancel_prefill_ms: medianOf(late), prefill512_ms: prefill };
  }

  async #warmUp(): Promise<void> {
    for (const tokens of [BATCH_PROMPT, 64, PREFILL]) {
      const counted = await this.#contender.countTokens(promptText(tokens, this.#nextSeed));
      if (counted !== tokens) throw new Error(`a prompt of ${tokens} bytes makes ${counted} tokens`);
    }
    await this.#generate(this.#requests(this.#job.parallel, BATCH_PROMPT, 4));
  }

  async #repeat<T>(once: () => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    for (let at = 0; at < this.#job.repeats; at++) results.push(await once());
    return results;
  }

  async #time(prompt: number, tokens: number, onToken?: () => void): Promise<Timing> {
    const times: number[] = [];
    const began = performance.now();
    await this.#generate(this.#requests(1, prompt, tokens), () => {
      times.push(performance.now());
      onToken?.();
    });
    const perToken = tokens > 1 ? (times.at(-1)! - times[0]!) / (tokens - 1) : 0;
    return { first: times[0]! - began, perToken };
  }

  /** @throws Error when a request made more or fewer tokens than it was asked for */
  async #generate(requests: readonly BenchRequest[], onToken?: (at: number) => void): Promise<void> {
    const made = new Array<number>(requests.length).fill(0);
    await this.#contender.generate(requests, (at) => {
      made[at]!++;
      onToken?.(at);
    });
    const wrong = requests.findIndex((request, at) => made[at] !== request.tokens);
    if (wrong >= 0) throw new Error(`${made[wrong]} tokens were made of ${requests[wrong]!.tokens}`);
  }

  #requests(count: number, prompt: number, tokens: number): BenchRequest[] {
    return Array.from({ length: count }, () => ({ text: promptText(prompt, this.#nextSeed++), tokens }));
  }
}
