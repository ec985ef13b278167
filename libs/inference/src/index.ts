export { calibrate, type Calibration, type CalibrationOptions } from './calibration/calibrate.js';
export type { Differences } from './calibration/comparison.js';
export type { Distribution } from './calibration/distribution.js';
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
  ResponseFormat,
  Sampling,
  Score,
  ScoreRequest,
  TokenLogprob,
  TokenName,
} from './engine.js';
export { inspectModel, type ModelReport } from './hub/inspect-model.js';
export { listModels, type ListedModel } from './hub/list-models.js';
export { cacheDirectory, ModelCache } from './hub/model-cache.js';
export type { ModelEvent } from './hub/model-event.js';
export { parseModelReference, REFERENCE_FORMS } from './hub/model-reference.js';
export { obtainModel, type ObtainedModel, type ObtainOptions } from './hub/obtain-model.js';
export type { Progress } from './hub/progress.js';
export { InferenceError, type InferenceErrorCode } from './inference-error.js';
export { readModel } from './model/model.js';
export { openEngine, type EngineOptions } from './open-engine.js';
export { processorClass } from './runtime/determinism-class.js';
export { gapTolerance } from './sampling/gap-tolerance.js';
export { gumbel } from './sampling/gumbel.js';
export { sampleToken, type History, type Position } from './sampling/sample-token.js';
