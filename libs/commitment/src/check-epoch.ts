import { auditDraw, auditRate, epochSeedHash, type HeardPrecommit, isAudited } from './audit-draw.js';
import type { Receipt } from './receipt.js';

/** An epoch as it is published once it is over. */
export interface RevealedEpoch {
  seed: string;
  /** Published before the epoch began. */
  seedHash: string;
  /** Millionths, for a node of the best score. */
  baseRate: number;
}

/** What the network says it drew for one precommit. */
export interface PublishedDraw extends HeardPrecommit {
  /** 0 to 1000. */
  score: number;
  /** Millionths. */
  rate: number;
  isAudited: boolean;
}

export interface EpochProblem {
  /**
   * `seed`: it is not the one that was published; `rate`: not that of the score; `missing`, `extra`: an audit;
   * `left_out`: a precommit that no draw was made of.
   */
  kind: 'seed' | 'rate' | 'missing' | 'extra' | 'left_out';
  /** Of the draw; null for the seed. */
  taskId: string | null;
  attempt: number | null;
  message: string;
}

/** Is the revealed seed the one whose hash was published before? Null when it is. */
export function checkSeed({ seed, seedHash }: Pick<RevealedEpoch, 'seed' | 'seedHash'>): EpochProblem | null {
  if (epochSeedHash(seed) === seedHash) return null;
  const message = `the revealed seed hashes to ${epochSeedHash(seed)}, published was ${seedHash}`;
  return { kind: 'seed', taskId: null, attempt: null, message };
}

/** Recomputes one draw: what is wrong with what the network says of it. */
export function checkDraw({ seed, baseRate }: RevealedEpoch, published: PublishedDraw): EpochProblem[] {
  const { taskId, attempt, score, rate } = published;
  const problems: EpochProblem[] = [];
  const due = auditRate(baseRate, score);
  if (rate !== due) {
    const message = `audited at ${rate} millionths, and a score of ${score} has ${due}`;
    problems.push({ kind: 'rate', taskId, attempt, message });
  }
  const draw = auditDraw(seed, published);
  if (isAudited(draw, due) === published.isAudited) return problems;
  const drawn = `its draw is ${draw}, at ${due} millionths`;
  problems.push(
    published.isAudited
      ? { kind: 'extra', taskId, attempt, message: `audited, though it was not drawn: ${drawn}` }
      : { kind: 'missing', taskId, attempt, message: `drawn, and not audited: ${drawn}` },
  );
  return problems;
}

/** The precommits that bind the answer of a receipt: none where its miners died before they committed. */
export function precommitsOf({ taskId, choices }: Pick<Receipt, 'taskId' | 'choices'>): HeardPrecommit[] {
  const last = choices[0]?.segments.at(-1);
  return last?.proof.kind === 'commit'
    ? [{ taskId, attempt: last.attempt, precommit: last.proof.precommit }]
    : [];
}

/** A precommit that is in a receipt and not among the draws of the epoch in which it was made. */
export function leftOut({ taskId, attempt, precommit }: HeardPrecommit): EpochProblem {
  const message = `precommit ${precommit} is in a receipt, and no draw was made of it in this epoch`;
  return { kind: 'left_out', taskId, attempt, message };
}
