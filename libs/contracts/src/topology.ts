import { cognitive } from './cognitive.js';
import { jobs } from './jobs.js';
import type { Answerable, Event, Job, Message, Request } from './message.js';
import { type ModuleName, moduleNames } from './module-name.js';
import { nodePool } from './node-pool.js';
import { reputation } from './reputation.js';
import { session } from './session.js';
import { sessionQueue } from './session-queue.js';

/** Every message of the network, by the module that answers or says it. */
export const catalog = {
  router: {},
  session,
  'session-queue': sessionQueue,
  'node-pool': nodePool,
  cognitive,
  oracle: {},
  reputation,
} satisfies Record<ModuleName, Record<string, Message>>;

/** What one module may send and hear; its broker permissions and its README are generated from this. */
export interface ModuleTopology {
  readonly answers: readonly Answerable[];
  readonly says: readonly Event[];
  readonly asks: readonly Request[];
  readonly orders: readonly Job[];
  /** Heard once per service, durably. */
  readonly hears: readonly Event[];
  /** Heard by every replica, only while it runs. */
  readonly overhears: readonly Event[];
}

const isEvent = (message: Message): message is Event => message.kind === 'event';
const everyEvent = Object.values(catalog).flatMap((messages) =>
  Object.values<Message>(messages).filter(isEvent),
);

interface Wiring {
  asks?: readonly Request[];
  orders?: readonly Job[];
  hears?: readonly Event[];
  overhears?: readonly Event[];
}

const wiring: Record<ModuleName, Wiring> = {
  router: {
    asks: [
      session.authenticate,
      session.createKey,
      session.getKey,
      session.listKeys,
      session.changeKey,
      session.revokeKey,
      session.submit,
      session.open,
      session.get,
      session.list,
      session.close,
      session.usage,
      session.events,
      session.usageDays,
      sessionQueue.get,
      sessionQueue.list,
      sessionQueue.cancel,
      sessionQueue.receipt,
      sessionQueue.networkKey,
      sessionQueue.figures,
      sessionQueue.events,
      nodePool.nonce,
      nodePool.join,
      nodePool.createJoinToken,
      nodePool.listJoinTokens,
      nodePool.revokeJoinToken,
      nodePool.get,
      nodePool.list,
      nodePool.act,
      nodePool.counts,
      nodePool.events,
      nodePool.models,
      cognitive.get,
      cognitive.list,
      cognitive.epochs,
      cognitive.draws,
      cognitive.events,
      reputation.get,
      reputation.list,
      reputation.explain,
      reputation.history,
      reputation.series,
      reputation.session,
      reputation.events,
    ],
    // For its caches, and for operators who watch.
    overhears: everyEvent,
  },
  session: {
    asks: [
      sessionQueue.enqueue,
      sessionQueue.assign,
      sessionQueue.release,
      sessionQueue.load,
      sessionQueue.drop,
      nodePool.find,
      nodePool.load,
      nodePool.reserve,
      nodePool.release,
      nodePool.models,
    ],
    hears: [
      sessionQueue.taskFinalised,
      sessionQueue.taskFailed,
      sessionQueue.taskCancelled,
      sessionQueue.assignmentEnded,
      sessionQueue.starved,
      nodePool.nodeEphemeral,
    ],
  },
  'session-queue': {
    asks: [nodePool.get],
    orders: [jobs.infer, jobs.cancel, jobs.reveal],
    hears: [
      nodePool.nodeTesting,
      nodePool.nodeOffline,
      nodePool.nodeQuarantined,
      nodePool.nodeEphemeral,
      nodePool.nodeDraining,
      nodePool.nodeRetired,
    ],
  },
  'node-pool': {
    orders: [jobs.load],
    hears: [
      sessionQueue.assignmentEnded,
      sessionQueue.attemptRejected,
      sessionQueue.nodeMisbehaved,
      cognitive.verdictGiven,
      cognitive.auditEnded,
      cognitive.verifierOutvoted,
      reputation.scoreChanged,
    ],
  },
  cognitive: {
    asks: [
      sessionQueue.enqueue,
      sessionQueue.reveal,
      sessionQueue.cancel,
      sessionQueue.get,
      sessionQueue.receipt,
      sessionQueue.shapes,
      nodePool.sweep,
      nodePool.findVerifiers,
      nodePool.findExaminers,
    ],
    orders: [jobs.score, jobs.create, jobs.prepare],
    hears: [
      sessionQueue.taskPrecommitted,
      sessionQueue.taskFinalised,
      sessionQueue.taskFailed,
      sessionQueue.taskCancelled,
      reputation.scoreChanged,
    ],
  },
  oracle: {
    asks: [cognitive.tick, cognitive.open, cognitive.timed, cognitive.probed],
    orders: [jobs.probe],
  },
  reputation: {
    hears: [
      cognitive.verdictGiven,
      cognitive.nodeProbed,
      cognitive.auditEnded,
      cognitive.verifierOutvoted,
      cognitive.roleEnded,
      sessionQueue.attemptAccepted,
      sessionQueue.attemptRejected,
      sessionQueue.attemptLost,
      nodePool.nodeRegistered,
    ],
  },
};

const messagesOf = (module: ModuleName): Message[] => Object.values(catalog[module]);

/** The whole wiring, completed with what each module answers and says. */
export const topology: Readonly<Record<ModuleName, ModuleTopology>> = Object.fromEntries(
  moduleNames.map((module) => [
    module,
    {
      answers: messagesOf(module).filter(
        (m): m is Answerable => m.kind === 'request' || m.kind === 'node-request',
      ),
      says: messagesOf(module).filter(isEvent),
      asks: wiring[module].asks ?? [],
      orders: wiring[module].orders ?? [],
      hears: wiring[module].hears ?? [],
      overhears: wiring[module].overhears ?? [],
    },
  ]),
) as unknown as Record<ModuleName, ModuleTopology>;

/** Which module asks which, from the wiring. */
export const asksOf = (module: ModuleName): ModuleName[] => [
  ...new Set(topology[module].asks.map(({ module: asked }) => asked)),
];
