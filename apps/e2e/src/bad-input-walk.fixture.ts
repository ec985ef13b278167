import type { Network } from '@ganglion/testkit';
import type { Connections } from './bad-input-connections.fixture.js';
import { walkEvents } from './bad-input-events.fixture.js';
import { walkForbidden } from './bad-input-forbidden.fixture.js';
import { prepareFrames } from './bad-input-frames.fixture.js';
import { brokenExchanges, exchangeBroken } from './bad-input-http.fixture.js';
import type { Chance } from './bad-input-random.fixture.js';
import { askWithForeignReply, walkRequests } from './bad-input-requests.fixture.js';
import { RestSender } from './bad-input-rest.fixture.js';
import { restRequests, routes, routesOf } from './bad-input-routes.fixture.js';
import { walkSocket } from './bad-input-socket.fixture.js';
import { startStory } from './bad-input-story.fixture.js';
import { inParallel, type Tally } from './bad-input-tally.fixture.js';

export interface Walk {
  readonly network: Network;
  /** Whose key what comes over HTTP and the socket bears. */
  readonly apiKey: string;
  readonly connections: Connections;
  readonly chance: Chance;
  readonly tally: Tally;
  /** Real ids by the path before them, as `restRequests` wants them. */
  readonly ids: Readonly<Record<string, string>>;
  /** Of a miner that does what it should. */
  readonly honestNode: string;
  /** The story as it is when nobody disturbs it. */
  readonly story: string;
}

/** How many messages go each way in one walk. */
const shares = { rest: 2_800, socket: 900, requests: 4_300, events: 900, frames: 1_000 } as const;

/** What fields hold in good messages, where it matters: work stays small, and nothing that others need is taken. */
const fields = {
  model: 'tiny',
  max_tokens: 1,
  logit_bias: { 7: 1 },
  top_logprobs: 0,
  max_completion_tokens: 1,
  maxTokens: 1,
  'ganglion.sessionId': null,
  'ganglion.redundancy': 1,
  // More than there are: what is valid is impossible, and reserves nothing.
  minNodes: 100,
  maxNodes: 100,
  ttlSeconds: 60,
  reserveSeconds: 60,
} as const;

/** The ways there are into the network; each gives how many dead letters it must lead to. */
const stages = {
  rest: (all: Walk) => walkRest(all),
  socket: ({ network: { url }, apiKey, chance, tally }: Walk) =>
    walkSocket({ url, apiKey, fields, chance, count: shares.socket, tally }),
  frames: (all: Walk) => disturbStory(all),
  requests: async ({ connections, honestNode, chance, tally }: Walk) => {
    await walkRequests({ connections, fields, honestNode, chance, count: shares.requests, tally });
    await askWithForeignReply(connections, honestNode, tally);
  },
  forbidden: ({ connections, honestNode, tally }: Walk) => walkForbidden(connections, honestNode, tally),
  events: ({ connections, chance, tally }: Walk) =>
    walkEvents({ connections, fields, chance, tally, count: shares.events }),
};

/** The whole walk once. @returns how many dead letters it must lead to */
export const walk = async (all: Walk): Promise<number> => {
  let deadLetters = 0;
  for (const [name, stage] of Object.entries(stages)) {
    const started = performance.now();
    deadLetters += (await stage(all)) ?? 0;
    all.tally.took(name, performance.now() - started);
  }
  return deadLetters;
};

/** Frames and control records while an answer is streamed: its reader must see nothing of them. */
const disturbStory = async ({
  network,
  connections,
  chance,
  tally,
  story: expected,
}: Walk): Promise<void> => {
  const disturb = prepareFrames({ connections, fields, chance, tally, count: shares.frames });
  const { taskId, text } = await startStory(network);
  await disturb(taskId);
  const told = await text.catch((error: unknown) => String(error));
  const offence = told === expected ? undefined : `the answer became ${told.slice(0, 200)}`;
  tally.note({ way: 'frames', what: 'a story among forged frames', outcome: 'told', offence });
};

const walkRest = async ({ network, apiKey, chance, tally, ids }: Walk): Promise<void> => {
  const authorization = `Bearer ${apiKey}`;
  const known = routesOf(routes.parse(await network.ask('/openapi.json')));
  // Routes that take a body have more to get wrong.
  const weight = known.reduce((sum, { operation }) => sum + (operation.requestBody ? 4 : 1), 0);
  const requests = known.flatMap((route) => {
    const count = Math.ceil((shares.rest / weight) * (route.operation.requestBody ? 4 : 1));
    return restRequests(route, { authorization, ids, fields }, { chance, count });
  });
  const senders = network.urls.map((url) => new RestSender(url, tally));
  await inParallel(chance.sample(requests), 16, (request) => chance.pick(senders).send(request));
  for (const sender of senders) sender.close();
  const broken = brokenExchanges(authorization, chance);
  await inParallel(broken, 4, (exchange) => exchangeBroken(chance.pick(network.urls), exchange, tally));
};
