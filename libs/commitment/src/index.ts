export {
  auditDraw,
  auditRate,
  epochSeedHash,
  type HeardPrecommit,
  isAudited,
  RATE_UNITS,
} from './audit-draw.js';
export { canonicalJson, digestJson } from './canonical-json.js';
export { Chain, type ChainPoint, type Token } from './chain.js';
export {
  checkDraw,
  checkSeed,
  type EpochProblem,
  leftOut,
  precommitsOf,
  type PublishedDraw,
  type RevealedEpoch,
} from './check-epoch.js';
export type { VouchedRange } from './check-segments.js';
export { contextDigest, type ChainContext } from './context.js';
export { evidenceBytes, roundLogit, type Evidence } from './evidence.js';
export { finishCode, finishName, type FinishCode, type FinishName } from './finish.js';
export { logprobsDigest } from './logprobs.js';
export { manifestDigest, type ManifestFile } from './manifest.js';
export { nodeKey } from './node-key.js';
export { precommitDigest, type CommittedChoice } from './precommit.js';
export type { ReceiptCheck, ReceiptProblem } from './problem.js';
export {
  receiptSchema,
  signReceipt,
  type Receipt,
  type ReceiptChoice,
  type ReceiptProof,
  type ReceiptSegment,
  type UnsignedReceipt,
} from './receipt.js';
export { referenceDigest, roleMessage, signRole, verifyRole, type RoleStatement } from './round.js';
export {
  commitMessage,
  frameMessage,
  signCommit,
  signFrame,
  verifyCommit,
  verifyFrame,
  type Sign,
} from './signature.js';
export { verifyReceipt, type Verification } from './verify-receipt.js';
