import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceError } from '../inference-error.js';
import { runtimeFolder } from './runtime-folder.js';

const LIBRARY = 'libonnxruntime_providers_cuda.so';

/**
 * That ONNX Runtime can compute on a graphics card here; whether the card suits is found when the model is loaded.
 * @throws InferenceError ENGINE_FAILED, field `provider`
 */
export function requireCuda(folder = runtimeFolder()): void {
  if (existsSync(join(folder, LIBRARY))) return;
  throw new InferenceError(
    'ENGINE_FAILED',
    `provider cuda: there is no ${LIBRARY} in ${folder}; on Linux x64 it comes with \`ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node\`, otherwise use cpu`,
    'provider',
  );
}

/** The first NVIDIA card's name, as part of a name; `unknown` where the driver does not tell. */
export function graphicsCard(cards = '/proc/driver/nvidia/gpus'): string {
  try {
    const [first] = readdirSync(cards).sort();
    const model = /^Model:\s*(.+)$/m.exec(readFileSync(join(cards, first!, 'information'), 'utf8'))?.[1];
    return (model ?? 'unknown').toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  } catch {
    return 'unknown';
  }
}
