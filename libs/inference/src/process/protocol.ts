import type {
  BindingName,
  GeneratedToken,
  GenerateRequest,
  ModelInfo,
  Prompt,
  ProviderName,
  Score,
  ScoreRequest,
} from '../engine.js';
import type { InferenceErrorCode } from '../inference-error.js';

/** What an engine's process is to run. */
export interface EngineSettings {
  model: ModelInfo;
  /** The ONNX file, relative to the model's directory. */
  graph: string;
  /** Threads of one run. */
  threads: number;
  /** Completions that advance at once; further ones wait in order. */
  slots: number;
  binding: BindingName | 'auto';
  /** Whether the context may be less than the model's where memory is short. */
  mayShrink: boolean;
  provider: ProviderName;
}

/** To the process. `id` names an exchange, chosen by the sender. `load` comes first, and once. */
export type Command =
  | { kind: 'load'; settings: EngineSettings }
  | { kind: 'generate'; id: number; request: GenerateRequest }
  | { kind: 'score'; id: number; request: ScoreRequest }
  | { kind: 'count'; id: number; prompt: Prompt }
  | { kind: 'cancel'; id: number };

export interface Readiness {
  determinismClass: string;
  binding: BindingName;
  /** Tokens of a row. */
  contextLength: number;
  /** As `Engine.notices`. */
  notices: readonly string[];
}

/** From the process. */
export type Report =
  | ({ kind: 'ready' } & Readiness)
  | { kind: 'refused'; problem: Problem }
  | { kind: 'token'; id: number; token: GeneratedToken }
  | { kind: 'scored'; id: number; score: Score }
  | { kind: 'counted'; id: number; tokens: number }
  | { kind: 'ended'; id: number }
  | { kind: 'failed'; id: number; problem: Problem };

/** An error in a form that crosses processes: a class and its own fields would be lost. */
export interface Problem {
  code: InferenceErrorCode;
  message: string;
  field?: string;
}
