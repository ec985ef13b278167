import { digestJson, referenceDigest, type RoleStatement, signRole } from '@ganglion/commitment';
import type { CreateJob, FrozenRequest, PrepareJob } from '@ganglion/contracts';
import { createSeed, readIdentity } from '@ganglion/node';
import { roundRequest } from '@ganglion/node/rounds';
import type { Cognitive } from './cognitive.fixture.js';
import { CLASS, type Peers } from './peers.fixture.js';

/** What honest nodes answer to a request. */
export const rightAnswer = (request: FrozenRequest): string =>
  `the answer to ${digestJson(request).slice(0, 8)}`;

/** A node that makes tests, with a key of its own. */
export class Maker {
  readonly #identity = readIdentity(createSeed());

  get nodeId(): string {
    return this.#identity.nodeId;
  }

  /** As the pool knows it. */
  known(level = 5) {
    return { nodeId: this.nodeId, determinismClass: CLASS, state: 'EPHEMERAL' as const, level };
  }

  /** What it hands in for the creator's job. */
  creation(job: CreateJob, { answer, ...lies }: Partial<RoleStatement> & { answer?: string } = {}) {
    const { roundId, seed, expiresAt: _, ...asked } = job;
    const request = roundRequest(lies.seed ?? seed, asked);
    const { reference, signature } = this.bind({ role: 'creator', roundId, seed }, request, { answer, lies });
    return { roundId, made: { request, reference, signature }, problem: null };
  }

  /** And for the preparer's. */
  preparation(
    { roundId, seed, request }: PrepareJob,
    { answer, ...lies }: Partial<RoleStatement> & { answer?: string } = {},
  ) {
    const made = this.bind({ role: 'preparer', roundId, seed }, request, { answer, lies });
    return { roundId, made, problem: null };
  }

  private bind(
    of: Pick<RoleStatement, 'role' | 'roundId' | 'seed'>,
    request: FrozenRequest,
    { answer, lies }: { answer: string | undefined; lies: Partial<RoleStatement> },
  ) {
    const requestDigest = digestJson(request);
    const reference = referenceDigest(requestDigest, [answer ?? rightAnswer(request)]);
    const statement = { ...of, requestDigest, reference, ...lies };
    return { reference: statement.reference, signature: signRole(this.#identity.sign, statement) };
  }
}

/** Makers that the pool names. */
export const makers = (peers: Peers, count: number): Maker[] => {
  const made = Array.from({ length: count }, () => new Maker());
  peers.examiners = made.map((maker) => maker.known());
  return made;
};

/** The maker that was given the newest job of a kind. */
export const askedOf = <J>(
  all: readonly Maker[],
  jobs: readonly { nodeId: string; job: J }[],
): { maker: Maker; job: J } => {
  const { nodeId, job } = jobs.at(-1)!;
  return { maker: all.find((maker) => maker.nodeId === nodeId)!, job };
};

/** Has a round's challenge made by honest nodes; the request that its participants got. */
export const makeChallenge = async (
  module: Cognitive,
  peers: Peers,
  all: readonly Maker[],
): Promise<FrozenRequest> => {
  const { maker: creator, job } = askedOf(all, peers.created);
  await module.handingIn.created(creator.creation(job), creator.nodeId);
  const { maker: preparer, job: next } = askedOf(all, peers.prepared);
  await module.handingIn.prepared(preparer.preparation(next), preparer.nodeId);
  return peers.enqueued.at(-1)!.request;
};
