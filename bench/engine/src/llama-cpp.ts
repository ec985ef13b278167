/** llama.cpp through node-llama-cpp, as its documentation has it: a context of several sequences batches by itself. */
import type { BenchRequest, Contender } from './contender.js';
import type { Job } from './contract.js';
import { serve } from './serve.js';

/** What is used of node-llama-cpp; its own types are there only where a benchmark was run. */
interface Sequence {
  evaluate(tokens: number[], options: { temperature: number; yieldEogToken: boolean }): AsyncIterable<number>;
  clearHistory(): Promise<void>;
}
interface Context {
  getSequence(): Sequence;
  dispose(): Promise<void>;
}
interface Model {
  tokenize(text: string): number[];
  createContext(options: Record<string, number>): Promise<Context>;
}
interface Llama {
  llamaCppRelease: { release: string };
  loadModel(options: { modelPath: string }): Promise<Model>;
}
interface Library {
  getLlama(options: Record<string, unknown>): Promise<Llama>;
}

/** Tokens, prompt and completion together, of each sequence. */
const CONTEXT = 1024;

class LlamaCpp implements Contender {
  readonly joinsRunning = true;
  readonly canCancel = false;
  readonly #idle: Sequence[];

  constructor(
    readonly version: string,
    private readonly model: Model,
    private readonly context: Context,
    parallel: number,
  ) {
    this.#idle = Array.from({ length: parallel }, () => context.getSequence());
  }

  async countTokens(text: string): Promise<number> {
    return this.model.tokenize(text).length;
  }

  async generate(requests: readonly BenchRequest[], onToken: (at: number) => void): Promise<void> {
    await Promise.all(requests.map((request, at) => this.#complete(request, () => onToken(at))));
  }

  async #complete({ text, tokens }: BenchRequest, onToken: () => void): Promise<void> {
    const sequence = this.#idle.pop();
    if (!sequence) throw new Error('more requests at once than sequences');
    let made = 0;
    const options = { temperature: 0, yieldEogToken: true };
    for await (const _ of sequence.evaluate(this.model.tokenize(text), options)) {
      onToken();
      if (++made === tokens) break;
    }
    await sequence.clearHistory();
    this.#idle.push(sequence);
  }

  close(): Promise<void> {
    return this.context.dispose();
  }
}

await serve(async ({ model, threads, parallel }: Job) => {
  const name = 'node-llama-cpp'; // a variable: the compiler must not look for it
  const { getLlama } = (await import(name)) as Library;
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', maxThreads: threads });
  const loaded = await llama.loadModel({ modelPath: model.gguf });
  const context = await loaded.createContext({ contextSize: CONTEXT, sequences: parallel, threads });
  return new LlamaCpp(`llama.cpp ${llama.llamaCppRelease.release}`, loaded, context, parallel);
});
