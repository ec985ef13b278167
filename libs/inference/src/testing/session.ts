import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from './tiny-engine.js';

/** An int64 input. */
export interface Feed {
  name: string;
  dims: number[];
  values: number[];
}

export interface SessionJob {
  /** A file, or its bytes. */
  graph: string | Uint8Array;
  /** Where the external data of bytes is. */
  folder?: string;
  threads: number;
  /** One after the other; the cache of each goes into the next. */
  runs: Feed[][];
}

export interface SessionAnswer {
  results: Record<string, { dims: number[]; bytes: Uint8Array }>[];
  problem?: string;
}

/** Runs a graph in ONNX Runtime, outside of the spec's realm. */
export async function runSession(job: SessionJob): Promise<SessionAnswer['results']> {
  build();
  const program = fileURLToPath(new URL('../../dist/testing/session-thread.js', import.meta.url));
  const worker = new Worker(program, { workerData: job });
  const [answer] = (await once(worker, 'message')) as [SessionAnswer];
  await worker.terminate();
  if (answer.problem !== undefined) throw new Error(answer.problem);
  return answer.results;
}

export const range = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => from + at);

/** One row of tokens after `past` others, of which `asked` are to be answered. */
export function step(
  graph: { inputs: { name: string }[] },
  tokens: number[],
  past: number,
  asked?: number[],
): Feed[] {
  const dims = [1, tokens.length];
  const known: Feed[] = [
    { name: 'input_ids', dims, values: tokens },
    {
      name: 'attention_mask',
      dims: [1, past + tokens.length],
      values: range(0, past + tokens.length).map(() => 1),
    },
    { name: 'position_ids', dims, values: range(past, tokens.length) },
  ];
  const feeds = known.filter(({ name }) => graph.inputs.some((input) => input.name === name));
  return asked ? [...feeds, { name: 'logits_positions', dims: [asked.length], values: asked }] : feeds;
}
