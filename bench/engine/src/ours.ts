/** The miner's engine, through its public interface. An argument names the binding; the engine's own choice without. */
import type { Engine, EngineOptions, GenerateRequest } from '@ganglion/inference';
import type { BenchRequest, Contender } from './contender.js';
import type { Job } from './contract.js';
import { serve } from './serve.js';

class Ours implements Contender {
  readonly version: string;
  readonly joinsRunning = true;
  readonly canCancel = true;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.version = engine.determinismClass;
  }

  countTokens(text: string): Promise<number> {
    return this.#engine.countPromptTokens({ text });
  }

  async generate(
    requests: readonly BenchRequest[],
    onToken: (at: number) => void,
    signal = new AbortController().signal,
  ): Promise<void> {
    const complete = async (request: BenchRequest, at: number): Promise<void> => {
      for await (const _ of this.#engine.generate(greedy(request), signal)) onToken(at);
    };
    await Promise.all(requests.map(complete));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

function greedy({ text, tokens }: BenchRequest): GenerateRequest {
  const off = { presencePenalty: 0, frequencyPenalty: 0, repetitionPenalty: 1, minP: 0, stop: [] };
  const sampling = { ...off, temperature: 0, topP: 1, topK: 0, seed: 0, maxTokens: tokens };
  return { prompt: { text }, sampling, choice: 0 };
}

await serve(async ({ model, threads, parallel }: Job) => {
  const { openEngine } = await import('@ganglion/inference');
  const binding = process.argv[2] as EngineOptions['binding'];
  return new Ours(await openEngine({ model: model.directory, threads, slots: parallel, binding }));
});
