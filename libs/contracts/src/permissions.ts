import type { ModuleName } from './module-name.js';
import { rollCall } from './roll-call.js';
import { spentRequests } from './spent-requests.js';
import { durableName, leaseBucket, streams } from './stream.js';
import { topology } from './topology.js';

export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Everyone's replies arrive below a prefix of their own, so nobody can listen to another's. */
export const inboxPrefix = (owner: string): string => `_INBOX.${owner}`;

/** On which a module's replicas tell one another that events wait to be published. */
export const outboxSignal = (module: ModuleName): string => `wake.${module}`;

const durablesOf = (module: ModuleName): string[] =>
  topology[module].hears.flatMap((event) => {
    const durable = durableName(module, event);
    const stream = streams.events.name;
    return [
      `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
      `$JS.ACK.${stream}.${durable}.>`,
    ];
  });

/** Broker rights that follow from a module's duties rather than from its messages. */
const duties: Partial<Record<ModuleName, Permissions>> = {
  router: {
    publish: [
      rollCall.subject,
      spentRequests.subject,
      // To show the streams. The router answers nobody but itself, so nobody can make it speak here.
      ...Object.values(streams).flatMap(({ name }) => [
        `$JS.API.STREAM.INFO.${name}`,
        `$JS.API.CONSUMER.LIST.${name}`,
      ]),
    ],
    subscribe: ['tok.*.*', spentRequests.subject],
  },
  'session-queue': {
    publish: [
      'tok.queue.*',
      `$JS.API.CONSUMER.CREATE.${streams.tokens.name}.>`,
      `$JS.API.CONSUMER.DELETE.${streams.tokens.name}.*`,
      `$JS.API.CONSUMER.INFO.${streams.tokens.name}.*`,
      `$JS.API.CONSUMER.MSG.NEXT.${streams.tokens.name}.*`,
      `$JS.API.STREAM.INFO.${streams.tokens.name}`,
    ],
    subscribe: ['tok.*.*'],
  },
  oracle: {
    publish: [
      `$KV.${leaseBucket}.>`,
      `$JS.API.STREAM.INFO.KV_${leaseBucket}`,
      `$JS.API.STREAM.MSG.GET.KV_${leaseBucket}`,
      `$JS.API.DIRECT.GET.KV_${leaseBucket}.>`,
      `$JS.API.DIRECT.GET.KV_${leaseBucket}`,
    ],
    subscribe: ['tok.*.*'],
  },
};

/**
 * The subjects a module may publish and subscribe to, and nothing else.
 *
 * Replies are allowed below `_INBOX.` only (of modules without requests: to the router's roll call): a reply-to is chosen by whoever asks, and a miner that names
 * `job.<other>.cancel` or a stream's API there must not find a service that publishes it.
 */
export const modulePermissions = (module: ModuleName): Permissions => {
  const { answers, says, asks, orders, hears, overhears } = topology[module];
  const duty = duties[module];
  const own = says.length > 0 ? [outboxSignal(module)] : [];
  return {
    publish: [
      ...own,
      ...asks.map(({ subject }) => subject),
      ...orders.map(({ subject }) => subject),
      ...(says.length > 0 ? [`evt.${module}.>`] : []),
      ...(hears.length > 0 ? [`dead.${module}.>`] : []),
      ...durablesOf(module),
      ...(duty?.publish ?? []),
      answers.length > 0 ? '_INBOX.>' : `${inboxPrefix('router')}.>`,
    ],
    subscribe: [
      ...own,
      rollCall.subject,
      ...answers.map(({ subject }) => subject),
      ...overhears.map(({ subject }) => subject),
      ...(duty?.subscribe ?? []),
      `${inboxPrefix(module)}.>`,
    ],
  };
};

/**
 * A miner's rights, as the template of the scoped signing key that mints its credential: the server puts the
 * miner's own public key in place of the variable, so the holder of that key can mint nothing else.
 */
export const minerTemplate: Permissions = {
  publish: ['node.{{subject()}}.>', 'tok.{{subject()}}.*'],
  subscribe: ['job.{{subject()}}.>', '_INBOX.{{subject()}}.>'],
};
/** A miner may answer a job once, within this time. */
export const minerResponse = { max: 1, ttlMs: 5_000 } as const;
