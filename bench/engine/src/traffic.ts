import { performance } from 'node:perf_hooks';
import type { BenchRequest } from './contender.js';
import { promptText } from './prompt-text.js';

/** Tokens of prompts and of completions: most are short, some are long. */
const PROMPTS = { least: 16, most: 256 };
const COMPLETIONS = { least: 32, most: 256 };
/** Requests of each client, one after another. */
const EACH = 3;
/** Of prompts: apart from those of the other measurements. */
const SEEDS = 1_000_000;

type Complete = (requests: readonly BenchRequest[]) => Promise<void>;

/**
 * Clients in closed loop: each sends its next request as soon as it has the answer to its last. Lengths are log-uniform;
 * every seed has the same ones in another order, so that all rounds have the same work.
 */
export class Traffic {
  /** By client. */
  readonly requests: readonly (readonly BenchRequest[])[];

  constructor(
    clients: number,
    seed: number,
    private readonly complete: Complete,
  ) {
    const count = clients * EACH;
    const prompts = shuffled(lengths(count, PROMPTS), seed * 2 + 1);
    const completions = shuffled(lengths(count, COMPLETIONS), seed * 2 + 2);
    const all = prompts.map((prompt, at) => ({
      text: promptText(prompt, SEEDS * seed + at),
      tokens: completions[at]!,
    }));
    this.requests = Array.from({ length: clients }, (_, client) =>
      all.slice(client * EACH, (client + 1) * EACH),
    );
  }

  /** Every client on its own, all at the same time. @returns tokens per second, as the other two */
  joining(): Promise<number> {
    return this.#timed(async () => {
      await Promise.all(
        this.requests.map(async (own) => {
          for (const request of own) await this.complete([request]);
        }),
      );
    });
  }

  /** One request at a time; the other clients wait. */
  oneByOne(): Promise<number> {
    return this.#timed(async () => {
      for (let turn = 0; turn < EACH; turn++)
        for (const own of this.requests) await this.complete([own[turn]!]);
    });
  }

  /** All requests that wait at once, and those that come meanwhile when all of these are done. */
  gathered(): Promise<number> {
    return this.#timed(async () => {
      for (let turn = 0; turn < EACH; turn++) await this.complete(this.requests.map((own) => own[turn]!));
    });
  }

  async #timed(run: () => Promise<void>): Promise<number> {
    const tokens = this.requests.flat().reduce((sum, request) => sum + request.tokens, 0);
    const began = performance.now();
    await run();
    return (tokens * 1_000) / (performance.now() - began);
  }
}

/** As many lengths as asked for, evenly spread on a logarithmic scale. */
function lengths(count: number, { least, most }: { least: number; most: number }): number[] {
  return Array.from({ length: count }, (_, at) => Math.round(least * (most / least) ** ((at + 0.5) / count)));
}

/** Fisher and Yates' shuffle. */
function shuffled(values: readonly number[], seed: number): number[] {
  const result = [...values];
  let state = Math.imul(seed, 2654435761) >>> 0;
  for (let at = result.length - 1; at > 0; at--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (at + 1));
    [result[at], result[other]] = [result[other]!, result[at]!];
  }
  return result;
}
