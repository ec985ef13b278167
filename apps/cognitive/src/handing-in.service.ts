import { digestJson, verifyRole } from '@ganglion/commitment';
import {
  type ChallengeKind,
  type cognitive,
  Fault,
  type FrozenRequest,
  type InputOf,
  type RoundRole,
} from '@ganglion/contracts';
import { roundRequest } from '@ganglion/node/rounds';
import { Metrics } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { ProgressService } from './progress.service.js';
import { RoleStore } from './role.store.js';
import type { TurnEnding } from './round-facts.js';
import { roleOf, type RoundRow, shapeOf } from './round-rows.store.js';

type TurnRow = RoundRow['turns'][number];
type Noted = { noted: true };

interface HandedIn {
  readonly role: RoundRole;
  readonly roundId: string;
  readonly nodeId: string;
  readonly made: { reference: string; signature: string; request?: FrozenRequest } | null;
  readonly problem: TurnEnding['reason'] | null;
}

const problems = {
  not_asked: ['STALE', 'roundId: nothing of this round was asked of this node'],
  late: ['STALE', 'roundId: the deadline has passed, or the round went on without it'],
  duplicate: ['CONFLICT', 'made: something else was handed in before, and that counts'],
  bad_signature: ['UNAUTHENTICATED', 'made.signature: does not fit round, role, seed, request and reference'],
  wrong_question: ['INVALID', 'made.request: is not the one that the seed decides'],
} as const;
type Problem = keyof typeof problems;

/**
 * Takes what creators and preparers hand in. Whatever is refused counts against nobody, since anybody could have sent
 * it, but for a question that the sender itself has signed.
 */
@Injectable()
export class HandingInService {
  constructor(
    private readonly store: RoleStore,
    private readonly progress: ProgressService,
    private readonly metrics: Metrics,
  ) {}

  /** @throws Fault `STALE`, `CONFLICT`, `UNAUTHENTICATED` or `INVALID` with the reason in `details.reason` */
  created(input: InputOf<typeof cognitive.created>, nodeId: string): Promise<Noted> {
    return this.take({ ...input, role: 'creator', nodeId });
  }

  prepared(input: InputOf<typeof cognitive.prepared>, nodeId: string): Promise<Noted> {
    return this.take({ ...input, role: 'preparer', nodeId });
  }

  private async take(handedIn: HandedIn): Promise<Noted> {
    const { role, roundId, nodeId, made, problem } = handedIn;
    const found = await this.store.turnOf(roundId, nodeId);
    if (!found || roleOf[found.turn.role] !== role) throw this.refused(role, 'not_asked');
    const { turn, row } = found;
    if (turn.state === 'HANDED_IN' || turn.state === 'PASSED') return this.again(role, turn, made?.reference);
    if (turn.endedAt || turn.dueAt <= this.store.now()) throw this.refused(role, 'late');
    if (!made) return this.decline(handedIn, turn, problem);
    const requestDigest = digestJson(made.request ?? askedOf(row));
    const { reference, signature } = made;
    const statement = { role, roundId, seed: turn.seed, requestDigest, reference };
    if (!verifyRole(nodeId, statement, signature)) throw this.refused(role, 'bad_signature');
    if (made.request && requestDigest !== digestJson(wantedOf(row, turn))) {
      const reason = { code: 'wrong_question', message: problems.wrong_question[1] };
      await this.end(roundId, turn, { outcome: 'failed', reason });
      throw this.refused(role, 'wrong_question');
    }
    this.count(role, 'taken');
    const note = { turnId: turn.id, reference, request: made.request ?? null };
    await this.progress.drive(roundId, { roles: [{ kind: 'handed-in', ...note }] });
    return { noted: true };
  }

  /** Sent again because the answer was lost, it is heard again; another one is not. */
  private again(role: RoundRole, turn: TurnRow, reference: string | undefined): Noted {
    if (reference !== turn.reference) throw this.refused(role, 'duplicate');
    this.count(role, 'repeated');
    return { noted: true };
  }

  private async decline(
    { role, roundId }: HandedIn,
    turn: TurnRow,
    problem: HandedIn['problem'],
  ): Promise<Noted> {
    this.count(role, 'declined');
    const why = problem ? `${problem.code}: ${problem.message}` : 'it gave no reason';
    await this.end(roundId, turn, {
      outcome: 'excused',
      reason: { code: 'declined', message: why.slice(0, 500) },
    });
    return { noted: true };
  }

  private async end(roundId: string, turn: TurnRow, ending: Omit<TurnEnding, 'turnId'>): Promise<void> {
    await this.progress.drive(roundId, {
      roles: [{ kind: 'ended', ending: { turnId: turn.id, ...ending } }],
    });
  }

  private refused(role: RoundRole, problem: Problem): Fault {
    this.count(role, problem);
    const [code, message] = problems[problem];
    return new Fault(code, message, { reason: problem });
  }

  private count(role: RoundRole, outcome: Problem | 'taken' | 'repeated' | 'declined'): void {
    this.metrics
      .counter('ganglion_role_submissions_total', 'What creators and preparers sent, by what became of it', [
        'role',
        'outcome',
      ])
      .inc({ role, outcome });
  }
}

/** The request that the preparer was given. */
const askedOf = ({ turns }: RoundRow): FrozenRequest | null =>
  (turns.find((turn) => turn.role === 'CREATOR' && turn.request !== null)?.request ??
    null) as FrozenRequest | null;

/** The request that the creator's seed decides. */
const wantedOf = (row: RoundRow, { seed }: TurnRow): FrozenRequest => {
  const { kind, model, modelDigest } = row;
  return roundRequest(seed, { kind: kind as ChallengeKind, model, modelDigest, shape: shapeOf(row)! });
};
