import type { RoundState } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, Network, type TestMiner } from '@ganglion/testkit';
import { clientOf, newKey } from './client.fixture.js';
import { HeldPhases } from './held-phases.fixture.js';
import { untilNode } from './nodes.fixture.js';
import { lateMoves, leaderOf, leadingProgram, type MovedRound, saidSince } from './oracles.fixture.js';
import { ownMiners } from './own-miners.fixture.js';
import { advance, nowOf } from './quiet-clock.fixture.js';
import { movesOf, rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

const MINERS = 2;
/** Nodes are making the challenge: the oracle's rounds pass these in the move that makes them. */
const making: RoundState[] = ['REQUESTED', 'CREATED'];
const phases: RoundState[] = [...making, 'PREPARED', 'STARTED', 'PRECOMMITTING', 'COMMITTING'];
const WHOLE = [...phases, 'ENDED'];
/** Makers of tests that happen to be busy are seldom so three times. */
const TRIES = 3;
const TAKEOVER_MS = 3_000;

interface RoundRow extends MovedRound {
  id: string;
  state: RoundState;
  isByNodes: boolean;
  outcomes: string[];
  submissions: string[];
}

const ROUND = `SELECT r.id, r.state::text, r."isByNodes", r.model, r."modelDigest",
    array_agg(p."nodeId" ORDER BY p."taskId") AS "nodeIds",
    array_agg(p."taskId"::text ORDER BY p."taskId") AS "taskIds",
    array_agg(p.outcome::text) AS outcomes,
    (SELECT array_agg(s.phase::text ORDER BY s.phase, s.author) FROM cognitive."Submission" s
      WHERE s."roundId" = r.id AND s.accepted) AS submissions
  FROM cognitive."Round" r JOIN cognitive."Participant" p ON p."roundId" = r.id`;

describe('a round whose oracle is lost', () => {
  let network: Network;
  let client: Ganglion;
  let miners: TestMiner[];
  let held: HeldPhases;
  const takeoversMs: number[] = [];

  beforeAll(async () => {
    network = await Network.start({ miners: 3, logLevel: 'info' });
    const { keyId, apiKey } = await newKey(network, 'of lost oracles');
    client = clientOf(network, apiKey);
    miners = await ownMiners(network, keyId, { count: MINERS });
    held = await HeldPhases.install(network);
    // Known for long, as nobody becomes within a spec: they may make tests.
    await rowsOf(network, `UPDATE node_pool."Node" SET level = 6, "scoredAt" = '2100-01-01'`, []);
  });

  afterEach(async () => {
    await held.release();
    // One that a failed test left stopped must not stay so: it runs on otherwise, and the signal changes nothing.
    for (const name of ['oracle', 'oracle-2']) {
      const { pid, isRunning } = network.processes.get(name)!;
      if (pid && isRunning) process.kill(pid, 'SIGCONT');
    }
  });

  afterAll(async () => {
    await held?.[Symbol.asyncDispose]();
    await miners?.[0]!.stop();
    await network.stop();
  });

  /** Sends the miners to their test; a round of theirs that is held in this phase, or one that never is in it. */
  const testedIn = async (phase: RoundState): Promise<RoundRow> => {
    const ids = miners.map(({ nodeId }) => nodeId);
    await Promise.all(ids.map((id) => untilNode(network, id, 'EPHEMERAL')));
    // Whoever made a test rests for a minute.
    if (making.includes(phase)) await advance(network, 61_000);
    await held.hold(phase);
    const since = new Date(await nowOf(network));
    const session = await openReady(client, { mode: 'dedicated', minNodes: MINERS, maxNodes: MINERS });
    await session[Symbol.asyncDispose]();
    return eventually(async () => {
      const theirs = `WHERE r."createdAt" >= $1 AND p."nodeId" = ANY($2) GROUP BY r.id ORDER BY r.id`;
      const [round] = await rowsOf<RoundRow>(network, `${ROUND} ${theirs}`, [since, ids]);
      if (!round) return false;
      return (round.state === phase || (making.includes(phase) && !round.isByNodes)) && round;
    });
  };

  /** Waits until a round of the miners is held in this phase. */
  const roundIn = async (phase: RoundState): Promise<RoundRow> => {
    let round = await testedIn(phase);
    for (let tries = 1; tries < TRIES && round.state !== phase; tries++) {
      await held.release();
      round = await testedIn(phase);
    }
    expect(round.state).toBe(phase);
    return round;
  };

  /** Waits until the round has ended, and sees that it was one round with one verdict for each participant. */
  const endsOnce = async ({ id, nodeIds, taskIds }: RoundRow): Promise<void> => {
    const ended = await eventually(async () => {
      const [round] = await rowsOf<RoundRow>(network, `${ROUND} WHERE r.id = $1 GROUP BY r.id`, [id]);
      return (round!.state === 'ENDED' || round!.state === 'ABORTED') && round!;
    });
    const count = taskIds.length;
    const times = (phase: string, n: number): string[] => Array<string>(n).fill(phase);
    expect(ended.state).toBe('ENDED');
    expect(ended.outcomes).toEqual(times('PASSED', count));
    expect(ended.submissions).toEqual([
      ...['CREATE', 'PREPARE'],
      ...['START', 'PRECOMMIT', 'COMMIT'].flatMap((phase) => times(phase, count)),
    ]);
    const moves = (await movesOf(network, 'cognitive', 'round')).filter(({ entityId }) => entityId === id);
    expect(moves.map(({ to }) => to)).toEqual(WHOLE);
    const said = await rowsOf<{ nodeId: string; passed: boolean }>(
      network,
      `SELECT payload->>'nodeId' AS "nodeId", (payload->>'passed')::boolean AS passed FROM cognitive."Event"
        WHERE subject = 'evt.cognitive.verdict-given' AND payload->>'roundId' = $1`,
      [id],
    );
    expect(said.map((verdict) => verdict.nodeId).sort()).toEqual([...nodeIds].sort());
    expect(said.map(({ passed }) => passed)).not.toContain(false);
    const attempts = await rowsOf<{ state: string }>(
      network,
      'SELECT state::text FROM session_queue."Attempt" WHERE "taskId" = ANY($1::uuid[])',
      [taskIds],
    );
    expect(attempts.map(({ state }) => state)).toEqual(times('ACCEPTED', count));
  };

  /** Loses the leader while a round is in this phase; what is known of the leader, and of the round that goes on. */
  const lose = async (phase: RoundState, signal: 'SIGKILL' | 'SIGSTOP') => {
    const round = await roundIn(phase);
    const leader = await leadingProgram(network);
    const lostAt = await nowOf(network);
    if (signal === 'SIGKILL') await network.kill(leader.name);
    else process.kill(leader.program.pid!, signal);
    const next = await eventually(async () => {
      const now = await leaderOf(network);
      return now.epoch > leader.epoch && now;
    });
    takeoversMs.push(next.seenAt.getTime() - lostAt);
    await held.release();
    return { leader, round, next };
  };

  const everyMove = ['tick', 'open', 'timed', 'probed'];
  const allStale = Object.fromEntries(everyMove.map((move) => [move, 'STALE']));

  it.each(phases)('goes on from %s when it is killed', async (phase) => {
    const { leader, round } = await lose(phase, 'SIGKILL');
    const restarted = leader.program.run();
    await endsOnce(round);
    expect(await lateMoves(network, leader, round)).toEqual(allStale);
    await restarted;
  });

  it.each(phases)('goes on from %s when it is stopped, and what it says later is refused', async (phase) => {
    const { leader, round, next } = await lose(phase, 'SIGSTOP');
    await endsOnce(round);
    process.kill(leader.program.pid!, 'SIGCONT');
    const says = (text: string): Promise<void> =>
      eventually(() => expect(saidSince(network, leader.name, leader.epoch)).toContain(text));
    await says('no longer leads');
    // It heard the answers of tasks that were handed out after it was stopped, and reports their times.
    if (phase === 'PREPARED') await says(`was not taken: epoch ${leader.epoch} is over`);
    expect(await lateMoves(network, leader, round)).toEqual(allStale);
    expect((await leaderOf(network)).oracleId).toBe(next.oracleId);
  });

  it('has another oracle within three seconds, as the median of all these times', () => {
    expect(takeoversMs).toHaveLength(2 * phases.length);
    const sorted = [...takeoversMs].sort((a, b) => a - b);
    expect(sorted[phases.length]).toBeLessThan(TAKEOVER_MS);
  });
});
