/** The package @huggingface/transformers: many requests are one call with a batch, its only way to run them together. */
import { basename, dirname } from 'node:path';
import type { BenchRequest, Contender } from './contender.js';
import type { Job, Precision } from './contract.js';
import { serve } from './serve.js';

/** What is used of the package; its own types are there only where a benchmark was run. */
interface Tokenizer {
  (text: string | string[], options?: { padding: boolean }): Record<string, { dims: number[] }>;
  padding_side: string;
}
interface Model {
  generate(options: Record<string, unknown>): Promise<unknown>;
  dispose(): Promise<unknown>;
}
interface Pretrained<T> {
  from_pretrained(name: string, options?: Record<string, unknown>): Promise<T>;
}
interface Library {
  env: { version: string; allowRemoteModels: boolean; localModelPath: string };
  AutoTokenizer: Pretrained<Tokenizer>;
  AutoModelForCausalLM: Pretrained<Model>;
}

const DTYPES: Record<Precision, string> = { int4: 'q4', int8: 'int8', fp32: 'fp32' };

class TransformersJs implements Contender {
  readonly joinsRunning = false;
  readonly canCancel = false;

  constructor(
    readonly version: string,
    private readonly tokenizer: Tokenizer,
    private readonly model: Model,
  ) {}

  async countTokens(text: string): Promise<number> {
    return this.tokenizer(text)['input_ids']!.dims.at(-1)!;
  }

  async generate(requests: readonly BenchRequest[], onToken: (at: number) => void): Promise<void> {
    const longest = Math.max(...requests.map(({ tokens }) => tokens));
    let steps = -1;
    const streamer = {
      put: (rows: unknown[]): void => {
        // The prompt comes first, then a token for each row at every step, also for those that need no more.
        steps++;
        if (steps === 0) return;
        for (const at of rows.keys()) if (steps <= requests[at]!.tokens) onToken(at);
      },
      end: (): void => undefined,
    };
    const texts = requests.map(({ text }) => text);
    const inputs = this.tokenizer(texts, { padding: true });
    await this.model.generate({ ...inputs, max_new_tokens: longest, do_sample: false, streamer });
  }

  async close(): Promise<void> {
    await this.model.dispose();
  }
}

await serve(async ({ model, threads }: Job) => {
  const name = '@huggingface/transformers'; // a variable: the compiler must not look for it
  const { env, AutoTokenizer, AutoModelForCausalLM } = (await import(name)) as Library;
  env.allowRemoteModels = false;
  env.localModelPath = dirname(model.directory);
  const id = basename(model.directory);
  const loaded = await AutoModelForCausalLM.from_pretrained(id, {
    dtype: DTYPES[model.precision],
    device: 'cpu',
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  const tokenizer = await AutoTokenizer.from_pretrained(id);
  tokenizer.padding_side = 'left'; // so that every row goes on after its prompt's last token
  return new TransformersJs(`transformers.js ${env.version}`, tokenizer, loaded);
});
