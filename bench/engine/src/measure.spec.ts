import { setImmediate as turn } from 'node:timers/promises';
import type { BenchRequest, Contender } from './contender.js';
import type { Group, Job } from './contract.js';
import { Measurement } from './measure.js';

/** The simplest library there is: a token a turn of the loop, all requests side by side. */
class Echo implements Contender {
  readonly version = 'echo';
  readonly prompts: string[] = [];
  most = 0;
  #running = 0;

  joinsRunning = true;

  constructor(
    readonly canCancel: boolean,
    private readonly missing = 0,
  ) {}

  async countTokens(text: string): Promise<number> {
    return text.length;
  }

  async generate(
    requests: readonly BenchRequest[],
    onToken: (at: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    this.prompts.push(...requests.map(({ text }) => text));
    this.#running += requests.length;
    this.most = Math.max(this.most, this.#running);
    const longest = Math.max(...requests.map(({ tokens }) => tokens));
    for (let made = 0; made < longest - this.missing && !signal?.aborted; made++) {
      await turn();
      for (const [at, { tokens }] of requests.entries()) if (made < tokens) onToken(at);
    }
    this.#running -= requests.length;
  }

  async close(): Promise<void> {}
}

const job = (group: Group, parallel = 1): Job => ({
  group,
  model: { precision: 'int4', directory: '/none', bitsPerWeight: 5, gguf: '/none', ggufBitsPerWeight: 4.5 },
  threads: 1,
  parallel,
  tokens: 200,
  repeats: 3,
  seed: 4,
});

describe('a measurement', () => {
  it('of one completion has times per token, of a prompt, and memory', async () => {
    const figures = await new Measurement(new Echo(false), job('single')).run();
    for (const name of ['decode64_ms', 'decode512_ms', 'prefill512_ms', 'memory_mb']) {
      expect(figures[name]).toBeGreaterThan(0);
    }
  });

  it('of a batch runs as many at once', async () => {
    const echo = new Echo(false);
    const figures = await new Measurement(echo, job('batch', 8)).run();
    expect(echo.most).toBe(8);
    expect(figures['tokens_per_s']).toBeGreaterThan(0);
  });

  it('of traffic lets every client send its next request when it has its answer', async () => {
    const echo = new Echo(false);
    const figures = await new Measurement(echo, job('traffic', 8)).run();
    expect(echo.most).toBe(8);
    expect(Object.keys(figures)).toEqual(['tokens_per_s']);
  });

  it('of traffic takes the better of one by one and gathered, where no request can join others', async () => {
    const echo = new Echo(false);
    echo.joinsRunning = false;
    const figures = await new Measurement(echo, job('traffic', 8)).run();
    const ways = [figures['one_by_one_tokens_per_s']!, figures['gathered_tokens_per_s']!];
    expect(figures['tokens_per_s']).toBe(Math.max(...ways));
    expect(Math.min(...ways)).toBeGreaterThan(0);
  });

  it('under load adds a request to four that generate', async () => {
    const echo = new Echo(false);
    const figures = await new Measurement(echo, job('load', 5)).run();
    expect(echo.most).toBe(5);
    expect(figures['ttft_loaded_ms']).toBeGreaterThan(0);
  });

  it('never asks for the same prompt twice', async () => {
    const echo = new Echo(false);
    await new Measurement(echo, job('load', 5)).run();
    expect(new Set(echo.prompts).size).toBe(echo.prompts.length);
  });

  it('of a cancel is none where it cannot be done', async () => {
    expect(await new Measurement(new Echo(false), job('cancel')).run()).toEqual({ cancel_prefill_ms: null });
  });

  it('fails when a completion ends early', async () => {
    const short = new Measurement(new Echo(false, 1), job('single'));
    await expect(short.run()).rejects.toThrow('3 tokens were made of 4');
  });

  it('fails when a prompt has another length than was asked for', async () => {
    const echo = new Echo(false);
    echo.countTokens = async (text) => text.length + 1;
    const longer = new Measurement(echo, job('single'));
    await expect(longer.run()).rejects.toThrow('a prompt of 16 bytes makes 17 tokens');
  });
});
