export type {
  Challenge,
  Engine,
  Evidence,
  Finish,
  GeneratedToken,
  GenerateRequest,
  ModelFile,
  ModelInfo,
  Prompt,
  Sampling,
} from './engine.js';
export { InferenceError, type InferenceErrorCode } from './inference-error.js';
export { readModel } from './model/model.js';
export { openEngine, type EngineOptions } from './open-engine.js';
export { gumbel } from './sampling/gumbel.js';
export { sampleToken, type History, type Position } from './sampling/sample-token.js';
