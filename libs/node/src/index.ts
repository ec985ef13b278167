export { type Attempt, attemptKey, startChain } from './attempt.js';
export type { EndedAttempt } from './attempts.js';
export { type Behaviour, honest, type Precommit, type Wire } from './behaviour.js';
export { type NodeClock, systemClock } from './clock.js';
export type {
  GeneratedToken,
  GenerateRequest,
  NodeEngine,
  NodeModel,
  NodePrompt,
  NodeScore,
  ScoreRequest,
} from './engine.js';
export { createSeed, type NodeIdentity, readIdentity } from './identity.js';
export { joinMessage, JoinRefused } from './join.js';
export type { LoadableModel } from './loading.js';
export type { LogLevel, NodeLog } from './log.js';
export { modelDigestOf } from './declaration.js';
export { MinerNode, type MinerNodeOptions, type NodeObserver } from './miner-node.js';
export { makeChallenges } from './reference-answers.js';
