import type { NodeView, TaskView } from '@ganglion/contracts';
import { type Ganglion, GanglionError } from '@ganglion/sdk';
import { eventually, type MinerFault, Network, type TestMiner } from '@ganglion/testkit';
import { clientOf, JAPAN, question } from './client.fixture.js';
import { untilNode } from './nodes.fixture.js';
import { rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

/** What a client saw of one task: the text as far as it was shown, and the error that ended it if one did. */
export interface Seen {
  readonly taskId: string;
  readonly text: string;
  readonly error?: string | null;
}

const HONEST = 2;
/** Longer than silence is judged by: whoever sees such a gap suspects its own sleep, not the nodes. */
const JUMP_MS = 6_000;
/** Few, so that an answer is soon over, and fewer than the model would make. */
const TOKENS = 8;

interface CrowdFacts {
  readonly network: Network;
  readonly client: Ganglion;
  readonly sessionId: string;
  readonly cheats: readonly TestMiner[];
  readonly good: string;
}

/** A network of its own with honest miners and some that cheat on demand, all in one session. */
export class Crowd implements AsyncDisposable {
  #next = 0;
  readonly network: Network;
  readonly client: Ganglion;
  /** What every honest miner answers. */
  readonly good: string;

  private constructor(private readonly facts: CrowdFacts) {
    this.network = facts.network;
    this.client = facts.client;
    this.good = facts.good;
  }

  static async gather(cheats: number): Promise<Crowd> {
    const network = await Network.start({ miners: HONEST });
    try {
      const made = await network.addTestMiners(cheats, { slots: 1 });
      await network.untilServing(HONEST + cheats);
      const client = clientOf(network);
      const all = HONEST + cheats;
      const { sessionId } = await openReady(client, { minNodes: all, maxNodes: all });
      const { text } = await client.chat(short(sessionId));
      return new Crowd({ network, client, sessionId, cheats: made, good: text });
    } catch (error) {
      await network.stop();
      throw error;
    }
  }

  /** The next miner that was honest until now, from now on with these faults. */
  async cheat(...faults: MinerFault[]): Promise<TestMiner> {
    const cheat = this.facts.cheats[this.#next++];
    if (!cheat) throw new Error(`there are ${this.facts.cheats.length} cheats`);
    await cheat.misbehave(...faults);
    return cheat;
  }

  /** Asks as many questions at once as there are free slots, so that every node gets one. */
  async askAll(): Promise<Seen[]> {
    const slots = 2 * HONEST + this.facts.cheats.length - this.#next + 1;
    return Promise.all(Array.from({ length: slots }, () => this.ask()));
  }

  /** As many questions as the honest miners have slots. */
  askHonest(): Promise<Seen[]> {
    return Promise.all(Array.from({ length: 2 * HONEST }, () => this.ask()));
  }

  private async ask(): Promise<Seen> {
    const stream = await this.client.stream(short(this.facts.sessionId));
    const { taskId } = stream;
    let text = '';
    try {
      for await (const piece of stream) text += piece.text;
      return { taskId, text };
    } catch (error) {
      if (error instanceof GanglionError) return { taskId, text, error: error.code };
      throw error;
    }
  }

  /** Asks until a node is caught; answers what clients saw meanwhile. */
  async askUntilCaught({ nodeId }: TestMiner): Promise<Seen[]> {
    const seen: Seen[] = [];
    await eventually(
      async () => {
        seen.push(...(await this.askAll()));
        const { state } = await this.network.ask<NodeView>(`/v1/nodes/${nodeId}`);
        return state === 'QUARANTINED' || state === 'RETIRED';
      },
      { timeoutMs: 40_000, everyMs: 100 },
    );
    return seen;
  }

  /** Asks until this node has answered at least one question well. */
  async askUntilAnswering({ nodeId }: TestMiner): Promise<Seen[]> {
    const seen: Seen[] = [];
    await eventually(
      async () => {
        const asked = await this.askAll();
        seen.push(...asked);
        const tasks = await Promise.all(asked.map(({ taskId }) => this.client.tasks.get(taskId)));
        return tasks.some(({ attempts }) => attempts.at(-1)?.nodeId === nodeId);
      },
      { timeoutMs: 40_000, everyMs: 100 },
    );
    return seen;
  }

  /** Asks until all these nodes were put away for what they owe, moving the clock on. */
  async askUntilOverdue(cheats: readonly TestMiner[]): Promise<Seen[]> {
    const asked: Promise<Seen[]>[] = [];
    await eventually(
      async () => {
        asked.push(this.askAll());
        await this.network.clock.advance(JUMP_MS);
        const nodes = await Promise.all(cheats.map((cheat) => this.node(cheat)));
        return nodes.every(({ state }) => state === 'QUARANTINED');
      },
      // Between two jumps the nodes are heard, and the reveals asked for again.
      { timeoutMs: 60_000, everyMs: 2_500 },
    );
    return (await Promise.all(asked)).flat();
  }

  node({ nodeId }: TestMiner): Promise<NodeView> {
    return this.network.ask(`/v1/nodes/${nodeId}`);
  }

  /** What the key was charged, once that many tasks are booked. */
  usage(tasks: number): Promise<{ tasks: number; completionTokens: number }> {
    return eventually(async () => {
      const usage = await this.network.ask<{ tasks: number; completionTokens: number }>('/v1/usage');
      if (usage.tasks < tasks) throw new Error(`${usage.tasks} of ${tasks} tasks are booked`);
      return usage;
    });
  }

  caught({ nodeId }: TestMiner): Promise<NodeView> {
    return untilNode(this.network, nodeId, 'QUARANTINED');
  }

  /** The clients' tasks of which this node's attempt was refused, with the code of the reason. */
  async refusedTasks({ nodeId }: TestMiner): Promise<{ task: TaskView; code: string }[]> {
    const rows = await rowsOf<{ taskId: string; code: string }>(
      this.network,
      `SELECT a."taskId", a.reason->>'code' AS code
         FROM session_queue."Attempt" a JOIN session_queue."Task" t ON t.id = a."taskId"
        WHERE a."nodeId" = $1 AND a.state = 'REJECTED' AND t.owner IS NOT NULL ORDER BY a."offeredAt"`,
      [nodeId],
    );
    return Promise.all(
      rows.map(async ({ taskId, code }) => ({ task: await this.client.tasks.get(taskId), code })),
    );
  }

  /** Whoever was not told of an error has the whole good text, and nobody was shown anything else unmarked. */
  expectNobodyDeceived(seen: readonly Seen[]): void {
    for (const { text, error } of seen) {
      if (error === undefined) expect(text).toBe(this.good);
      else expect(['answer_rejected', 'miner_lost']).toContain(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network.stop();
  }
}

const short = (sessionId: string) =>
  question(JAPAN, { temperature: 0, max_tokens: TOKENS, ganglion: { sessionId } });
