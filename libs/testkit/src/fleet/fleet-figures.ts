import { checkGrants, type Grants } from './fleet-grants.js';
import type { FleetHistory } from './fleet-history.js';
import { type Kind, kinds, type NodePlan } from './fleet-plan.js';
import { isInService, serviceMs, type Stay, stateAt, staysOf } from './fleet-stays.js';

/** A fault of judgement: an honest or slow node that was put away. */
interface Blame {
  nodeId: string;
  kind: Kind;
  reason: string;
  at: number;
}

/** One node, as the services wrote it down. */
interface NodeFigures {
  name: string;
  kind: Kind;
  lieRate: number;
  /** Rounds it was in until it was first put away, and the time since it first was to be tested; null: it never was. */
  roundsUntilOut: number | null;
  msUntilOut: number | null;
  quarantines: number;
  timesOffline: number;
  /** Of the time since it was first put away (all its time, if it never was), the share in which it was in service. */
  serviceShare: number;
  /** User's tasks it was granted, and those of them whose answer was accepted. */
  granted: number;
  accepted: number;
  endState: string;
}

interface KindFigures {
  kind: Kind;
  nodes: number;
  /** Nodes that were ever put away. */
  out: number;
  roundsUntilOut: Spread | null;
  secondsUntilOut: Spread | null;
  serviceShareAfter: number;
  grantedShare: number;
  endStates: Record<string, number>;
  inServiceAtEnd: number;
}

interface Spread {
  median: number;
  most: number;
}

export interface FleetFigures {
  seconds: number;
  kinds: KindFigures[];
  nodes: NodeFigures[];
  /** Of the honest nodes. */
  honestInServiceAtEnd: number;
  falselyBlamed: Blame[];
  grants: Grants;
  rounds: { ended: number; aborted: number; verdicts: number; ms: Spread | null };
  tasks: { states: Record<string, number>; failures: Record<string, number>; answers: number; wrong: number };
}

/** All figures of a run that ended at `until` (epoch ms), of the nodes by their ids. */
export const fleetFigures = (
  history: FleetHistory,
  plans: ReadonlyMap<string, NodePlan>,
  until: number,
): FleetFigures => {
  const stays = staysOf(history.moves, until);
  const nodes = [...plans].map(([id, plan]) =>
    nodeFigures(plan, stays.get(id) ?? [], { id, history, until }),
  );
  const granted = nodes.reduce((sum, node) => sum + node.granted, 0);
  const byKind = kinds.map((kind) =>
    kindFigures(
      kind,
      nodes.filter((node) => node.kind === kind),
      granted,
    ),
  );
  const ended = history.rounds.filter(({ state }) => state === 'ENDED');
  const answered = history.tasks.filter(({ isRight }) => isRight !== null);
  return {
    seconds: (until - (history.moves[0]?.at ?? until)) / 1_000,
    kinds: byKind,
    nodes,
    honestInServiceAtEnd: shareOf(byKind.find(({ kind }) => kind === 'honest')!),
    falselyBlamed: falselyBlamed(history, plans),
    grants: checkGrants(history, until),
    rounds: {
      ended: ended.length,
      aborted: history.rounds.length - ended.length,
      verdicts: history.verdicts.length,
      ms: spread(ended.map(({ ms }) => ms)),
    },
    tasks: {
      states: countBy(history.tasks, ({ state }) => state),
      failures: countBy(
        history.tasks.filter(({ code }) => code !== null),
        ({ code }) => code!,
      ),
      answers: answered.length,
      wrong: answered.filter(({ isRight }) => !isRight).length,
    },
  };
};

const shareOf = ({ inServiceAtEnd, nodes }: KindFigures): number =>
  nodes === 0 ? 1 : inServiceAtEnd / nodes;

const nodeFigures = (
  { name, kind, lieRate }: NodePlan,
  stays: readonly Stay[],
  { id, history, until }: { id: string; history: FleetHistory; until: number },
): NodeFigures => {
  const out = stays.find(({ state }) => state === 'QUARANTINED');
  const began = stays[0]?.from ?? until;
  const since = out?.from ?? began;
  const rounds = history.participations.filter(({ nodeId, at }) => nodeId === id && out && at <= out.from);
  const granted = history.attempts.filter(({ nodeId }) => nodeId === id);
  return {
    name,
    kind,
    lieRate,
    roundsUntilOut: out ? rounds.length : null,
    msUntilOut: out ? out.from - began : null,
    quarantines: stays.filter(({ state }) => state === 'QUARANTINED').length,
    timesOffline: stays.filter(({ state }) => state === 'OFFLINE').length,
    serviceShare: until > since ? serviceMs(stays, since, until) / (until - since) : 0,
    granted: granted.length,
    accepted: granted.filter(({ state }) => state === 'ACCEPTED').length,
    endState: stateAt(stays, until) ?? 'UNKNOWN',
  };
};

const kindFigures = (kind: Kind, nodes: readonly NodeFigures[], granted: number): KindFigures => {
  const out = nodes.filter(({ roundsUntilOut }) => roundsUntilOut !== null);
  const own = nodes.reduce((sum, node) => sum + node.granted, 0);
  return {
    kind,
    nodes: nodes.length,
    out: out.length,
    roundsUntilOut: spread(out.map(({ roundsUntilOut }) => roundsUntilOut!)),
    secondsUntilOut: spread(out.map(({ msUntilOut }) => msUntilOut! / 1_000)),
    serviceShareAfter: nodes.reduce((sum, node) => sum + node.serviceShare, 0) / Math.max(1, nodes.length),
    grantedShare: own / Math.max(1, granted),
    endStates: countBy(nodes, ({ endState }) => endState),
    inServiceAtEnd: nodes.filter(({ endState }) => isInService(endState)).length,
  };
};

const falselyBlamed = ({ moves }: FleetHistory, plans: ReadonlyMap<string, NodePlan>): Blame[] =>
  moves.flatMap(({ nodeId, to, reason, at }) => {
    const kind = plans.get(nodeId)?.kind;
    if (to !== 'QUARANTINED' || (kind !== 'honest' && kind !== 'slow')) return [];
    return [{ nodeId, kind, reason: reason ? `${reason.code}: ${reason.message}` : 'no reason', at }];
  });

const spread = (values: readonly number[]): Spread | null => {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)]!, most: sorted.at(-1)! };
};

const countBy = <T>(things: readonly T[], key: (thing: T) => string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const thing of things) counts[key(thing)] = (counts[key(thing)] ?? 0) + 1;
  return counts;
};
