/** The inference thread: it alone loads ONNX Runtime, whose calls block the thread they are made on. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { env } from 'onnxruntime-node';
import { InferenceError } from '../inference-error.js';
import { PromptEncoder } from '../text/prompt-encoder.js';
import { Completion, type LoadedModel } from './completion.js';
import { determinismClass } from './determinism-class.js';
import { Graph } from './graph.js';
import { NativeGate } from './native-gate.js';
import type { Command, Problem, Report, ThreadSettings } from './protocol.js';
import { Rounds } from './rounds.js';

const port = parentPort!;
const settings = workerData as ThreadSettings;

const report = (message: Report): void => port.postMessage(message);

function problemOf(error: unknown): Problem {
  if (error instanceof InferenceError) {
    const { code, message, field } = error;
    return { code, message, ...(field === undefined ? {} : { field }) };
  }
  return { code: 'ENGINE_FAILED', message: error instanceof Error ? error.message : String(error) };
}

function serve(model: LoadedModel): void {
  const rounds = new Rounds(settings.slots, {
    token: (id, token) => report({ kind: 'token', id, token }),
    ended: (id) => report({ kind: 'ended', id }),
    failed: (id, error) => report({ kind: 'failed', id, problem: problemOf(error) }),
  });
  const obey = async (command: Command): Promise<void> => {
    if (command.kind === 'generate') rounds.add(command.id, new Completion(model, command.request));
    if (command.kind === 'count') {
      report({ kind: 'counted', id: command.id, tokens: model.encoder.encode(command.prompt).length });
    }
    if (command.kind === 'cancel') rounds.cancel(command.id);
    if (command.kind === 'close') {
      await model.graph.close();
      port.close();
    }
  };
  port.on('message', (command: Command) => {
    obey(command).catch((error: unknown) => {
      if ('id' in command) report({ kind: 'failed', id: command.id, problem: problemOf(error) });
      else throw error;
    });
  });
}

try {
  const { model: info } = settings;
  const encoder = await PromptEncoder.load(info.path);
  const { threads, graph: field } = settings;
  const gate = new NativeGate(settings.gate);
  const graph = await Graph.load(join(info.path, field), { threads, vocabSize: info.vocabSize, field, gate });
  serve({ info, encoder, graph });
  report({ kind: 'ready', determinismClass: determinismClass(env.versions.node ?? env.versions.common) });
} catch (error) {
  report({ kind: 'refused', problem: problemOf(error) });
  port.close();
}
