/**
 * What was checked when a receipt failed:
 * `shape` the fields themselves · `network` its key and signature · `request` the request's digest ·
 * `counts` numbers of choices, tokens, evidence · `segments` order and contiguity, one node per attempt ·
 * `chain` links recomputed from ids and texts · `finish` the end against what the miner signed ·
 * `precommit` heads, counts, finish, evidence and salt against the miner's precommit · `signature` the miner's own.
 */
export type ReceiptCheck =
  'shape' | 'network' | 'request' | 'counts' | 'segments' | 'chain' | 'finish' | 'precommit' | 'signature';

/** One reason why a receipt does not hold; `field` is a path such as `choices.0.segments.1.head`. */
export interface ReceiptProblem {
  check: ReceiptCheck;
  field: string;
  message: string;
}

/** Collects what is wrong, so that a reader sees all of it at once. */
export type Report = (check: ReceiptCheck, field: string, message: string) => void;
