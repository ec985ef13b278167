import { digestJson } from '@ganglion/commitment';
import {
  type Challenge,
  cognitive,
  type FrozenRequest,
  type RoleOutcome,
  type RoundRole,
} from '@ganglion/contracts';
import { record } from '@ganglion/database';
import type { Tx } from './database.store.js';
import { TURN_MS, workMs } from './patience.js';
import type { TurnEnding } from './round-facts.js';
import { roleOf, type RoundRow, shapeOf } from './round-rows.store.js';

/** News of the nodes that make a round's challenge. */
export type RoleNote =
  /** Null: there is nobody for the role. */
  | { kind: 'drawn'; role: RoundRole; nodeId: string | null; seed: string }
  | { kind: 'asked'; turnId: string }
  | { kind: 'handed-in'; turnId: string; reference: string; request: FrozenRequest | null }
  | { kind: 'ended'; ending: TurnEnding };

type TurnRow = RoundRow['turns'][number];

const columnOf = { creator: 'CREATOR', preparer: 'PREPARER' } as const;
const phaseOf = { CREATOR: 'CREATE', PREPARER: 'PREPARE' } as const;
const stateOf = { passed: 'PASSED', failed: 'FAILED', excused: 'EXCUSED' } as const satisfies Record<
  RoleOutcome,
  string
>;
const open = ['DRAWN', 'ASKED', 'HANDED_IN'] as const;

/** Keeps what is new of a round's roles; what comes twice or too late changes nothing. */
export const keepRole = async (
  tx: Tx,
  row: RoundRow,
  { note, at }: { note: RoleNote; at: Date },
): Promise<void> => {
  switch (note.kind) {
    case 'drawn':
      return draw(tx, row, { note, at });
    case 'asked':
      await tx.roleTurn.updateMany({ where: { id: note.turnId, state: 'DRAWN' }, data: { state: 'ASKED' } });
      return;
    case 'handed-in':
      return handIn(tx, row, { note, at });
    case 'ended':
      return endTurn(tx, row, { ending: note.ending, at });
  }
};

const draw = async (
  tx: Tx,
  row: RoundRow,
  { note: { role, nodeId, seed }, at }: { note: RoleNote & { kind: 'drawn' }; at: Date },
): Promise<void> => {
  const wanted = row.state === 'REQUESTED' ? 'creator' : row.state === 'CREATED' ? 'preparer' : null;
  const isTaken = row.turns.some((turn) => turn.role === columnOf[role] && turn.endedAt === null);
  const shape = shapeOf(row);
  if (nodeId === null || role !== wanted || isTaken || !shape) return;
  const dueAt = new Date(at.getTime() + TURN_MS + workMs(shape));
  // Drawn for another round in the same moment, it is left to that one.
  await tx.roleTurn.createMany({
    data: [{ roundId: row.id, nodeId, role: columnOf[role], seed, drawnAt: at, dueAt }],
    skipDuplicates: true,
  });
};

const handIn = async (
  tx: Tx,
  row: RoundRow,
  { note: { turnId, reference, request }, at }: { note: RoleNote & { kind: 'handed-in' }; at: Date },
): Promise<void> => {
  const { count } = await tx.roleTurn.updateMany({
    where: { id: turnId, state: { in: ['DRAWN', 'ASKED'] } },
    data: { state: 'HANDED_IN', reference, ...(request ? { request } : {}) },
  });
  const turn = row.turns.find(({ id }) => id === turnId);
  if (count === 0 || !turn) return;
  await submit(tx, turn, { accepted: true, hash: reference, at });
};

/** Ends a node's turn, and tells reputation. */
export const endTurn = async (
  tx: Tx,
  row: RoundRow,
  { ending: { turnId, outcome, reason }, at }: { ending: TurnEnding; at: Date },
): Promise<void> => {
  const { count } = await tx.roleTurn.updateMany({
    where: { id: turnId, state: { in: [...open] } },
    data: { state: stateOf[outcome], reason, endedAt: at },
  });
  const turn = row.turns.find(({ id }) => id === turnId);
  if (count === 0 || !turn) return;
  if (outcome === 'failed') await submit(tx, turn, { accepted: false, reason, at });
  const { nodeId, role } = turn;
  await record(tx, {
    event: cognitive.roleEnded,
    payload: { roundId: row.id, nodeId, role: roleOf[role], outcome, reason, at: at.toISOString() },
    entity: 'role',
    entityId: turnId,
    at,
  });
};

const submit = async (
  tx: Tx,
  { roundId, nodeId, role }: TurnRow,
  data: { accepted: boolean; hash?: string; reason?: TurnEnding['reason']; at: Date },
): Promise<void> => {
  const key = { roundId, author: nodeId, phase: phaseOf[role] };
  await tx.submission.upsert({
    where: { roundId_author_phase: key },
    create: { ...key, ...data },
    update: data,
  });
};

/** What the oracle hands in where it is creator and preparer. */
export const submissionsOf = (
  author: string,
  { challenge, request, at }: { challenge: Challenge; request: FrozenRequest; at: Date },
) => [
  { author, phase: 'CREATE' as const, accepted: true, hash: digestJson(challenge), at },
  { author, phase: 'PREPARE' as const, accepted: true, hash: digestJson(request), at },
];

/** What a complete challenge of nodes adds to its round. */
export const challengeOf = ({ turns }: RoundRow) => {
  const handedIn = (role: TurnRow['role']): TurnRow | undefined =>
    turns.find((turn) => turn.role === role && turn.state === 'HANDED_IN');
  const [creator, preparer] = [handedIn('CREATOR'), handedIn('PREPARER')];
  if (!creator?.request || !preparer)
    throw new Error('a round has no challenge of nodes, though it is prepared');
  return {
    request: creator.request,
    reference: creator.reference,
    creator: creator.nodeId,
    preparer: preparer.nodeId,
  };
};
