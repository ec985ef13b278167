/**
 * A thread that runs a graph for a spec: ONNX Runtime takes typed arrays of the process's own realm only, and a spec has
 * realms of its own.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { SessionAnswer, SessionJob } from './session.js';

const { graph, folder, threads, runs } = workerData as SessionJob;

async function answer(): Promise<SessionAnswer> {
  const session = await InferenceSession.create(graph as string, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }),
      },
    },
  });
  const results: SessionAnswer['results'] = [];
  let cache: Record<string, Tensor> = {};
  for (const run of runs) {
    const feeds: Record<string, Tensor> = { ...cache };
    for (const { name, dims, values } of run) {
      feeds[name] = new Tensor('int64', BigInt64Array.from(values.map(BigInt)), dims);
    }
    for (const metadata of session.inputMetadata) {
      const { name } = metadata;
      if (feeds[name] !== undefined || !metadata.isTensor || !name.startsWith('past_key_values.')) continue;
      const dims = [1, metadata.shape[1] as number, 0, metadata.shape[3] as number];
      feeds[name] =
        metadata.type === 'float16'
          ? new Tensor('float16', new Uint16Array(0), dims)
          : new Tensor('float32', new Float32Array(0), dims);
    }
    const outputs = await session.run(feeds);
    cache = Object.fromEntries(
      Object.entries(outputs)
        .filter(([name]) => name !== 'logits')
        .map(([name, tensor]) => [name.replace('present.', 'past_key_values.'), tensor]),
    );
    results.push(
      Object.fromEntries(
        Object.entries(outputs).map(([name, { data, dims }]) => {
          const { buffer, byteOffset, byteLength } = data as Float32Array;
          return [name, { dims: [...dims], bytes: new Uint8Array(buffer, byteOffset, byteLength) }];
        }),
      ),
    );
  }
  await session.release();
  return { results };
}

try {
  parentPort!.postMessage(await answer());
} catch (error) {
  parentPort!.postMessage({ results: [], problem: (error as Error).message });
}
