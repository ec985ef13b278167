import { finishCode, type FinishName } from './finish.js';
import type { Evidence } from './evidence.js';
import { precommitDigest } from './precommit.js';
import type { Report } from './problem.js';
import type { CommitProof, Receipt, ReceiptChoice, ReceiptSegment } from './receipt.js';
import { verifyCommit } from './signature.js';

/** Ends that the network can decide without a miner: by counting, by a client's cancel, by giving up. */
const NETWORK_FINISHES: readonly FinishName[] = ['length', 'cancelled', 'error'];

type Committed = ReceiptSegment & { proof: CommitProof };

/**
 * Checks how the answer ended: either one attempt committed to all choices (the last segment of each carries the same
 * proof: a choice that had ended before gets an empty one), or none did and every choice ends with what was streamed.
 * @param heads the recomputed last link of each choice
 */
export function checkEnd(receipt: Receipt, heads: readonly string[], report: Report): void {
  const ends = receipt.choices.map((choice) => choice.segments.at(-1)!);
  const fieldOf = (index: number) =>
    `choices.${index}.segments.${receipt.choices[index]!.segments.length - 1}`;
  const committed = ends.find(isCommitted);
  if (!committed) {
    receipt.choices.forEach((choice, index) => checkUncommitted(choice, `choices.${index}`, report));
    return;
  }
  ends.forEach((end, index) => {
    if (isSameCommit(end, committed)) checkEvidenceCount(receipt.choices[index]!, `choices.${index}`, report);
    else report('segments', fieldOf(index), 'all choices must end with the same commit of one attempt');
  });
  const field = `${fieldOf(ends.indexOf(committed))}.proof`;
  const { nodeId, proof } = committed;
  const precommit = recomputePrecommit(receipt, heads, proof);
  if (precommit !== proof.precommit) {
    const message = `heads, counts, finish, evidence and salt give ${precommit}: one of them or the precommit was changed`;
    report('precommit', `${field}.precommit`, message);
  }
  if (!verifyCommit(nodeId, proof.precommit, proof.signature)) {
    report('signature', `${field}.signature`, `is not ${nodeId}'s signature of this precommit`);
  }
}

function recomputePrecommit(receipt: Receipt, heads: readonly string[], proof: CommitProof): string {
  const choices = receipt.choices.map((choice, index) => ({
    head: heads[index]!,
    count: choice.tokens.length,
    finish: finishCode[choice.finish],
  }));
  const evidence = receipt.choices.flatMap((choice) => choice.evidence.map(readEvidence));
  return precommitDigest(choices, evidence, proof.salt, proof.logprobs);
}

function checkEvidenceCount(choice: ReceiptChoice, field: string, report: Report): void {
  const { from, to } = choice.segments.at(-1)!;
  const expected = to - from + 1;
  if (choice.evidence.length === expected) return;
  const message = `${choice.evidence.length} entries for the ${expected} tokens of the attempt that committed`;
  report('counts', `${field}.evidence`, message);
}

function checkUncommitted(choice: ReceiptChoice, field: string, report: Report): void {
  if (choice.evidence.length > 0) {
    report('counts', `${field}.evidence`, 'must be empty: no attempt committed, so nothing binds it');
  }
  const isSigned = choice.segments.some(({ proof }) => proof.kind === 'stream' && proof.finish !== null);
  if (!isSigned && !NETWORK_FINISHES.includes(choice.finish)) {
    const message = `no miner signed the end, and only a miner can know that it was ${choice.finish}`;
    report('finish', `${field}.finish`, message);
  }
}

function isCommitted(segment: ReceiptSegment): segment is Committed {
  return segment.proof.kind === 'commit';
}

function isSameCommit(end: ReceiptSegment, committed: Committed): boolean {
  if (!isCommitted(end) || end.attempt !== committed.attempt || end.nodeId !== committed.nodeId) return false;
  const keys = ['precommit', 'salt', 'signature', 'logprobs'] as const;
  return keys.every((key) => end.proof[key] === committed.proof[key]);
}

function readEvidence([top1Id, top1, top2Id, top2]: ReceiptChoice['evidence'][number]): Evidence {
  return { top1Id, top1, top2Id, top2 };
}
