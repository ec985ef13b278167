import { shuffle } from './shuffle.js';

/** A test that was drawn and gave no verdict is over by then: rounds end by force. */
export const TEST_MS = 30_000;
/** Nobody is tested so soon after a test: cognitive would pass the node over, and the draw would be lost. */
const SETTLE_MS = 3_000;
/** Of a session's nodes, at most this share is in a test at once; always one may be. */
const SHARE = 0.2;
/** Whoever was not asked for longer than this was not the one who drew. */
const LONGEST_GAP_MS = 2_000;

/** A node as the draw looks at it. */
interface Reserved {
  readonly id: string;
  readonly sessionId: string | null;
  readonly dedicatedTo: string | null;
  /** When a test was last drawn for it while it served, unless its verdict is known. */
  readonly drawnAt: Date | null;
  /** When its last test ended. */
  readonly testedAt: Date | null;
}

export interface Draw {
  readonly now: number;
  /** Milliseconds since the last draw. */
  readonly elapsedMs: number;
  /** Milliseconds from one test of a node to the next, on average; 0: none is drawn. */
  readonly meanMs: number;
  /** Numbers in [0, 1) that nobody can foresee. */
  readonly random: () => number;
}

/**
 * Which of the reserved nodes are tested while they serve. Each is drawn with probability 1 − e^(−elapsed/mean), so the
 * times between its tests are exponentially distributed, but for the first three seconds: having been tested just now, or not for long, tells a node
 * nothing about when the next one comes. Dedicated nodes are left alone: their time is their owner's, who alone is
 * served by them.
 */
export const drawServing = <N extends Reserved>(
  nodes: readonly N[],
  { now, elapsedMs, meanMs, random }: Draw,
): N[] => {
  if (meanMs <= 0) return [];
  const chance = 1 - Math.exp(-Math.min(elapsedMs, LONGEST_GAP_MS) / meanMs);
  const isInTest = ({ drawnAt }: N): boolean => drawnAt !== null && now - drawnAt.getTime() < TEST_MS;
  const isSettled = ({ testedAt }: N): boolean => testedAt === null || now - testedAt.getTime() >= SETTLE_MS;
  return bySession(nodes).flatMap((members) => {
    const testable = members.filter(({ dedicatedTo }) => dedicatedTo === null).filter(isSettled);
    const room = Math.max(1, Math.floor(members.length * SHARE)) - members.filter(isInTest).length;
    const drawn = testable.filter((node) => !isInTest(node) && random() < chance);
    return shuffle(drawn, random).slice(0, Math.max(0, room));
  });
};

const bySession = <N extends Reserved>(nodes: readonly N[]): N[][] => {
  const sessions = new Map<string, N[]>();
  for (const node of nodes) {
    if (node.sessionId === null) continue;
    sessions.set(node.sessionId, [...(sessions.get(node.sessionId) ?? []), node]);
  }
  return [...sessions.values()];
};
