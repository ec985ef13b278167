import type { Challenge, Concurrency, ModelView, NodeView, Reason } from '@ganglion/contracts';
import type { Model, Node } from '@ganglion/database/node-pool';
import { shownSlots, usableSlots } from './shown-slots.js';
import { type Sample, verifiedSpeed } from './verified-speed.js';

/** A node's row with the name of its model. */
export type NodeRow = Node & { model: { name: string } };

type Machine = Pick<NonNullable<NodeView['declared']>, 'cpu' | 'cores' | 'memoryBytes' | 'isa'>;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** The machine as the node declared it; a node of an earlier version told no instruction set. */
const machineOf = ({ machine }: NodeRow): Machine => {
  const {
    cpu,
    cores,
    memoryBytes,
    isa = null,
  } = machine as unknown as Omit<Machine, 'isa'> & Partial<Machine>;
  return { cpu, cores, memoryBytes, isa };
};

/** What tests have shown of it; null before the first. */
const verifiedOf = (row: NodeRow): NodeView['verified'] => {
  const speed = verifiedSpeed(row.speeds as unknown as Sample[]);
  return speed && { ...speed, slots: shownSlots(row.concurrency as unknown as Concurrency[]) };
};

export const viewNode = (row: NodeRow): NodeView => ({
  nodeId: row.id,
  state: row.state,
  reason: row.reason as Reason | null,
  sessionId: row.sessionId,
  dedicatedTo: row.dedicatedTo,
  model: row.model.name,
  modelDigest: row.modelDigest,
  determinismClass: row.determinismClass,
  slots: usableSlots(row.slots, row.concurrency as unknown as Concurrency[]),
  version: row.softwareVersion,
  tokensPerSecond: row.tokensPerSecond,
  declared: {
    ...machineOf(row),
    slots: row.slots,
    modelDigests: [...new Set([row.modelDigest, ...row.loadable])],
  },
  verified: verifiedOf(row),
  score: row.score,
  level: row.level,
  lastSeenAt: iso(row.lastSeenAt),
  testedAt: iso(row.testedAt),
  createdAt: row.createdAt.toISOString(),
});

/** `nodes`: how many serve it now. */
export const viewModel = (row: Model, nodes: number): ModelView => ({
  id: row.name,
  digest: row.digest,
  contextLength: row.contextLength,
  quantisation: row.quantisation,
  parameters: row.parameters === null ? null : Number(row.parameters),
  defaults: row.defaults as ModelView['defaults'],
  registeredAt: row.registeredAt.toISOString(),
  nodes,
});

export const challengesOf = (row: Pick<Model, 'challenges'>): Challenge[] => row.challenges as Challenge[];
