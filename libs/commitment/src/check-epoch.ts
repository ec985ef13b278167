import { auditDraw, auditRate, epochSeedHash, type HeardPrecommit, isAudited } from './audit-draw.js';

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
  /** `seed`: it is not the one that was published; `rate`: not that of the score; `missing`, `extra`: an audit. */
  kind: 'seed' | 'rate' | 'missing' | 'extra';
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
