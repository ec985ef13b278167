import { z } from 'zod';
import { seeded, shuffled } from '../seeded.js';

export const kinds = ['honest', 'slow', 'broken', 'lying', 'flapping'] as const;
export type Kind = (typeof kinds)[number];

/** One node of a fleet, and what is wrong with it. Times in ms. */
export const nodePlan = z.strictObject({
  name: z.string(),
  kind: z.enum(kinds),
  /** Of everything it does by chance. */
  seed: z.int(),
  /** It makes no more than one token in this time, in all its slots together. */
  tokenMs: z.number().positive(),
  /** The share of its answers that hold a wrong token. */
  lieRate: z.number().min(0).max(1).default(0),
  /** How a broken one breaks: its engine throws, or takes work and is never heard of again. */
  breaks: z.enum(['throws', 'silent']).optional(),
  /** How long a flapping one stays, and stays away: half to three halves of it. */
  upMs: z.number().positive().optional(),
  downMs: z.number().positive().optional(),
});
export type NodePlan = z.infer<typeof nodePlan>;

/** What part of a fleet is bad in each way. */
const SHARES: Readonly<Record<Exclude<Kind, 'honest'>, number>> = {
  broken: 0.1,
  slow: 0.1,
  lying: 0.05,
  flapping: 0.05,
};
const FAST_MS = 12;
const SPREAD = 2;
/** How many times slower than others a slow node is, when not told otherwise. */
const SLOWER = 10;
const LEAST_LIES = 0.2;
const MOST_LIES = 0.5;
const UP_MS = 30_000;
const DOWN_MS = 5_000;

const placeIn = (at: number, of: number): number => (of < 2 ? 0.5 : at / (of - 1));

/** A fleet of so many nodes, at least one of each kind, in a mixed order. The same seed gives the same fleet. */
export const planFleet = (miners: number, seed: number, slowBy = SLOWER): NodePlan[] => {
  const random = seeded(seed);
  const bad = Object.entries(SHARES).flatMap(([kind, share]) =>
    badOnes(kind as Exclude<Kind, 'honest'>, Math.max(1, Math.round(share * miners)), { random, slowBy }),
  );
  if (bad.length > miners / 2)
    throw new RangeError(`a fleet of ${miners} has too few honest nodes; take at least ${2 * bad.length}`);
  const honest = Array.from({ length: miners - bad.length }, () => ordinary('honest', random));
  return shuffled([...honest, ...bad], random).map((node, at) => ({ ...node, name: `node-${at + 1}` }));
};

const ordinary = (kind: Kind, random: () => number): NodePlan => ({
  name: '',
  kind,
  seed: Math.floor(random() * 2 ** 31),
  tokenMs: Math.round(FAST_MS * SPREAD ** random()),
  lieRate: 0,
});

const badOnes = (
  kind: Exclude<Kind, 'honest'>,
  count: number,
  { random, slowBy }: { random: () => number; slowBy: number },
): NodePlan[] =>
  Array.from({ length: count }, (_, at) => {
    const node = ordinary(kind, random);
    switch (kind) {
      case 'slow':
        return { ...node, tokenMs: node.tokenMs * slowBy };
      case 'broken':
        return { ...node, breaks: at % 2 === 0 ? 'throws' : 'silent' };
      case 'lying':
        return { ...node, lieRate: LEAST_LIES + (MOST_LIES - LEAST_LIES) * placeIn(at, count) };
      case 'flapping':
        return { ...node, upMs: UP_MS, downMs: DOWN_MS };
    }
  });
