import { createHash } from 'node:crypto';
import { type Phase, phases } from '@ganglion/contracts';
import type { Ledger } from './ledger.js';
import type { Standing } from './level.js';
import type { Mean, Speed } from './speed.js';
import type { Stat } from './stat.js';

/** The shape of the text. A later one reads the earlier ones, or counts anew. */
const VERSION = 1;

interface Written extends Omit<Ledger, 'stats'> {
  readonly version: number;
  readonly stats: readonly Stat[];
}

const mean = ({ count, weight, sum, asOf }: Mean): Mean => ({ count, weight, sum, asOf });
const speed = ({ ttft, perToken }: Speed): Speed => ({ ttft: mean(ttft), perToken: mean(perToken) });
const standing = ({ level, streak, changes }: Standing): Standing => ({ level, streak, changes });
const stat = ({
  phase,
  total,
  succeeded,
  points,
  weight,
  weightSucceeded,
  weightFailed,
  asOf,
}: Stat): Stat => ({
  phase,
  total,
  succeeded,
  points,
  weight,
  weightSucceeded,
  weightFailed,
  asOf,
});
const place = (phase: Phase): number => phases.indexOf(phase);

/** A ledger as text: equal ledgers, to the last bit of each number, are equal texts. */
export const writeLedger = (ledger: Ledger): string =>
  JSON.stringify({
    version: VERSION,
    stats: [...ledger.stats].sort((a, b) => place(a.phase) - place(b.phase)).map(stat),
    accepted: ledger.accepted,
    rejected: ledger.rejected,
    lost: ledger.lost,
    completionTokens: ledger.completionTokens,
    speed: speed(ledger.speed),
    standing: standing(ledger.standing),
  } satisfies Written);

/** @throws Error for a text of another version. */
export const readLedger = (text: string): Ledger => {
  const { version, ...ledger } = JSON.parse(text) as Written;
  if (version !== VERSION)
    throw new Error(
      `a ledger of version ${version} cannot be read by this release, which writes ${VERSION}: upgrade`,
    );
  return ledger;
};

/** What a snapshot says, in one hash (SHA-256, hex): whose, up to which event, and the ledger. */
export const digestOf = (snapshot: { nodeId: string; sequence: bigint; state: string }): string =>
  createHash('sha256')
    .update(`ganglion/reputation-snapshot/v1\0${snapshot.nodeId}\0${snapshot.sequence}\0${snapshot.state}`)
    .digest('hex');
