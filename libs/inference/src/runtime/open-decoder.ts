import type { BindingName, ModelInfo, ProviderName } from '../engine.js';
import { InferenceError } from '../inference-error.js';
import type { EngineSettings, Readiness } from '../process/protocol.js';
import type { Decoder, Room } from './decoder.js';
import { determinismClass } from './determinism-class.js';
import { requireCuda } from './cuda.js';
import { planRoom } from './plan-room.js';
import { rowsAgree } from './rows-agree.js';
import { readServedGraph, type ServedGraph } from './served-graph.js';

export interface OpenDecoder extends Readiness {
  decoder: Decoder;
  /** Tokens that all rows may hold at once. */
  room: number;
}

/**
 * Loads a model with the fastest binding that can run it here, and tries it once.
 * @throws InferenceError MODEL_INVALID when ONNX Runtime refuses the model; ENGINE_FAILED when the wanted binding
 *   cannot be had, or the memory not
 */
export async function openDecoder(
  info: ModelInfo,
  settings: Omit<EngineSettings, 'model'>,
): Promise<OpenDecoder> {
  const { binding: wanted, graph: path, provider } = settings;
  if (provider === 'cuda') requireCuda();
  const graph = await readServedGraph(info.path, path);
  const notices: string[] = [];
  const memory = process.availableMemory();
  const { room, tokens, shortage } = planRoom(graph.shape, info.contextLength, { ...settings, memory });
  if (shortage) notices.push(shortage);
  const native = wanted === 'onnxruntime-node' ? undefined : await openNative(graph, provider);
  if (typeof native === 'string') {
    if (wanted === 'c-api') throw new InferenceError('ENGINE_FAILED', native, 'binding');
    notices.push(native);
  }
  try {
    const { decoder, version, binding, notice } =
      typeof native === 'object'
        ? await native.load(settings.threads, room)
        : await loadPortable(graph, settings, room);
    if (notice) notices.push(notice);
    await decoder.append(0, [0]);
    decoder.truncate(0, 0);
    const { capacity: contextLength } = room;
    const readiness = {
      binding,
      contextLength,
      notices,
      determinismClass: determinismClass(version, provider, graph.roundsActivations),
    };
    return { decoder, room: tokens, ...readiness };
  } catch (cause) {
    const message = `${path} cannot be run: ${(cause as Error).message}`;
    throw new InferenceError('MODEL_INVALID', message, path, { cause });
  }
}

interface Loaded {
  decoder: Decoder;
  binding: BindingName;
  /** Of ONNX Runtime. */
  version: string;
  notice?: string;
}

/** The C API, ready to load the graph; or why it cannot. */
async function openNative(
  graph: ServedGraph,
  provider: ProviderName,
): Promise<{ load: (threads: number, room: Room) => Promise<Loaded> } | string> {
  if (provider !== 'cpu') return `with ${provider} the attention state is not in this process's memory`;
  if (graph.shape.attention !== 'gqa') {
    return 'the model was exported without GroupQueryAttention, so its attention state cannot stay in place';
  }
  try {
    // Where koffi has no binary for the machine, this import is what fails.
    const { loadInPlace, openOrt } = await import('./c-api/load-in-place.js');
    const api = openOrt();
    return {
      load: async (threads, room) => {
        const decoder = loadInPlace(api, graph, { threads, room });
        const loaded: Loaded = { decoder, binding: 'c-api', version: api.version };
        const { canShareRows, sharingProblem } = graph.shape;
        if (canShareRows && (await rowsAgree(decoder))) return loaded;
        decoder.separateRuns();
        const problem = sharingProblem ?? 'its kernels compute one row otherwise than several';
        return { ...loaded, notice: `answers are computed one after another, not together: ${problem}` };
      },
    };
  } catch (error) {
    return `the C API of ONNX Runtime cannot be called here: ${(error as Error).message}`;
  }
}

async function loadPortable(
  graph: ServedGraph,
  { threads, provider }: Pick<EngineSettings, 'threads' | 'provider'>,
  room: Room,
): Promise<Loaded> {
  const { GrowingDecoder, runtimeVersion } = await import('./growing-decoder.js');
  const decoder = await GrowingDecoder.load(graph, { threads, provider }, room);
  return { decoder, binding: 'onnxruntime-node', version: runtimeVersion };
}
