/** Heartbeats come every two or three seconds and are written every two: this is several of them missed. */
const SILENT_AFTER_MS = 10_000;
/** Even a mass flap is believed after this long. */
const BELIEVED_AFTER_MS = 60_000;
const FLAP_FROM_NODES = 4;

interface Seen {
  readonly id: string;
  readonly lastSeenAt: Date | null;
  readonly joinedAt: Date;
}

/** Milliseconds without a sign of life that we could have heard. */
const silenceMs = (node: Seen, now: number, listeningSince: number): number =>
  now - Math.max((node.lastSeenAt ?? node.joinedAt).getTime(), listeningSince);

/** Has it given a sign of life lately (since it joined)? */
export const isHeard = ({ lastSeenAt }: Pick<Seen, 'lastSeenAt'>, now: number): boolean =>
  lastSeenAt !== null && now - lastSeenAt.getTime() < SILENT_AFTER_MS;

/**
 * Which of the nodes that should be there are to be marked OFFLINE. When more than half of four or more fall silent
 * at once, the fault is likelier ours (broker, network, database), and nobody is marked until it has lasted a minute.
 * Times in epoch ms; `listeningSince` as `Attention` knows it.
 */
export const silentNodes = (
  nodes: readonly Seen[],
  { now, listeningSince }: { now: number; listeningSince: number },
): { silent: string[]; isFlap: boolean } => {
  const silentFor = (ms: number) => nodes.filter((node) => silenceMs(node, now, listeningSince) > ms);
  const silent = silentFor(SILENT_AFTER_MS);
  const isFlap = nodes.length >= FLAP_FROM_NODES && silent.length * 2 > nodes.length;
  return { silent: (isFlap ? silentFor(BELIEVED_AFTER_MS) : silent).map(({ id }) => id), isFlap };
};
