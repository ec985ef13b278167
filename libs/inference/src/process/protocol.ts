import type { GeneratedToken, GenerateRequest, ModelInfo, Prompt } from '../engine.js';
import type { InferenceErrorCode } from '../inference-error.js';
import type { GateState } from './native-gate.js';

/** What a thread is started with. */
export interface ThreadSettings {
  model: ModelInfo;
  /** The ONNX file, relative to the model's directory. */
  graph: string;
  threads: number;
  /** Completions that advance at once; further ones wait in order. */
  slots: number;
  gate: GateState;
}

/** To the thread. `id` names an exchange, chosen by the sender. */
export type Command =
  | { kind: 'generate'; id: number; request: GenerateRequest }
  | { kind: 'count'; id: number; prompt: Prompt }
  | { kind: 'cancel'; id: number }
  | { kind: 'close' };

/** From the thread. */
export type Report =
  | { kind: 'ready'; determinismClass: string }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'token'; id: number; token: GeneratedToken }
  | { kind: 'counted'; id: number; tokens: number }
  | { kind: 'ended'; id: number }
  | { kind: 'failed'; id: number; problem: Problem };

/** An error in a form that crosses threads: structured cloning loses a class and its own fields. */
export interface Problem {
  code: InferenceErrorCode;
  message: string;
  field?: string;
}
