import type { HealthView } from '@ganglion/contracts';

export type Service = HealthView['services'][number];

/** An event that waits longer than this to be published is late. */
const LATE_MS = 5_000;

/** What is wrong with a part of the network, in words; nothing when all is well. */
export const problemsOf = ({ replicas, outbox }: Service): string[] => [
  ...(replicas.length === 0 ? ['No replica answers: is its process running?'] : []),
  ...replicas.flatMap(({ name, checks }) =>
    Object.entries(checks)
      .filter(([, isGood]) => !isGood)
      .map(([check]) => `${name}: ${check} fails`),
  ),
  ...((outbox?.oldestMs ?? 0) > LATE_MS ? ['Events wait too long to be published: is the broker well?'] : []),
];

export const isWell = (service: Service): boolean => problemsOf(service).length === 0;

/** A consumer of a stream that has not heard everything, or not yet said that it has. */
export const isBehind = ({ pending, unacknowledged }: { pending: number; unacknowledged: number }): boolean =>
  pending > 0 || unacknowledged > 0;
