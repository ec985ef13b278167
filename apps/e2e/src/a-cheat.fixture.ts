import type { NodeView, TaskView } from '@ganglion/contracts';
import { type Ganglion, GanglionError } from '@ganglion/sdk';
import { eventually, type MinerFault, NetworkAddress, type TestMiner } from '@ganglion/testkit';
import { clientOf, type FreshKey, JAPAN, newKey, question, send } from './client.fixture.js';
import { untilNode } from './nodes.fixture.js';
import { ownMiners } from './own-miners.fixture.js';
import { rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

/** What a client saw of one task: the text as far as it was shown, and the error that ended it if one did. */
export interface Seen {
  readonly taskId: string;
  readonly text: string;
  readonly error?: string | null;
}

const HONEST = 2;
/** Few, so that an answer is soon over, and fewer than the model would make. */
const TOKENS = 8;

interface CrowdFacts {
  readonly network: NetworkAddress;
  readonly key: FreshKey;
  readonly client: Ganglion;
  readonly honest: readonly TestMiner[];
  readonly sessionId: string;
  readonly cheats: readonly TestMiner[];
  readonly good: string;
}

/** Honest miners and some that cheat on demand, all of one key and in one session. */
export class Crowd implements AsyncDisposable {
  #next = 0;
  readonly #caught = new Set<TestMiner>();
  readonly network: NetworkAddress;
  readonly client: Ganglion;
  /** What every honest miner answers. */
  readonly good: string;

  private constructor(private readonly facts: CrowdFacts) {
    this.network = facts.network;
    this.client = facts.client;
    this.good = facts.good;
  }

  static async gather(count: number): Promise<Crowd> {
    const network = await NetworkAddress.shared();
    const key = await newKey(network, 'is cheated');
    const [honest, cheats] = await Promise.all([
      ownMiners(network, key.keyId, { count: HONEST, slots: 2 }),
      ownMiners(network, key.keyId, { count, slots: 1 }),
    ]);
    const client = clientOf(network, key.apiKey);
    const all = HONEST + count;
    const { sessionId } = await openReady(client, { mode: 'dedicated', minNodes: all, maxNodes: all });
    const { text } = await client.chat(short(sessionId));
    return new Crowd({ network, key, client, honest, sessionId, cheats, good: text });
  }

  /** Everybody is honest from now on. */
  async repent(): Promise<void> {
    await Promise.all(this.facts.cheats.map((cheat) => cheat.behave()));
  }

  /** The next miner that was honest until now, from now on with these faults; without any it is honest still. */
  async cheat(...faults: MinerFault[]): Promise<TestMiner> {
    const cheat = this.facts.cheats[this.#next++];
    if (!cheat) throw new Error(`there are ${this.facts.cheats.length} cheats`);
    await cheat.misbehave(...faults);
    return cheat;
  }

  /** Asks as many questions at once as there are free slots, so that every node gets one. */
  async askAll(): Promise<Seen[]> {
    const slots = 2 * HONEST + this.facts.cheats.length - this.#caught.size;
    return Promise.all(Array.from({ length: slots }, () => this.ask()));
  }

  /** As many questions as the honest miners have slots. */
  askHonest(): Promise<Seen[]> {
    return Promise.all(Array.from({ length: 2 * HONEST }, () => this.ask()));
  }

  private async ask(): Promise<Seen> {
    let taskId: string | null = null;
    let text = '';
    try {
      const stream = await this.client.stream(short(this.facts.sessionId));
      ({ taskId } = stream);
      for await (const piece of stream) text += piece.text;
      return { taskId, text };
    } catch (error) {
      if (!(error instanceof GanglionError)) throw error;
      // A task that fails before its first token is told as an error of the request, and names the task too.
      taskId ??= error.taskId;
      if (taskId === null) throw error;
      return { taskId, text, error: error.code };
    }
  }

  /** Asks until these nodes have been caught, each at some time; answers what clients saw meanwhile. */
  async askUntilCaught(cheats: readonly TestMiner[]): Promise<Seen[]> {
    const asked: Promise<Seen[]>[] = [];
    await eventually(
      async () => {
        // Some answers come only when their miner is found out.
        asked.push(this.askAll());
        await this.noteCaught(cheats);
        const free = cheats.filter((cheat) => !this.#caught.has(cheat));
        expect(free.map(({ nodeId }) => nodeId)).toEqual([]);
      },
      { everyMs: 1_500 },
    );
    return (await Promise.all(asked)).flat();
  }

  private async noteCaught(cheats: readonly TestMiner[]): Promise<void> {
    for (const cheat of cheats) if ((await this.node(cheat)).state === 'QUARANTINED') this.#caught.add(cheat);
  }

  /** Asks until this node has answered at least one question well. */
  async askUntilAnswering({ nodeId }: TestMiner): Promise<Seen[]> {
    const seen: Seen[] = [];
    await eventually(async () => {
      const asked = await this.askAll();
      seen.push(...asked);
      const tasks = await Promise.all(asked.map(({ taskId }) => this.client.tasks.get(taskId)));
      return tasks.some(({ attempts }) => attempts.at(-1)?.nodeId === nodeId);
    });
    return seen;
  }

  node({ nodeId }: TestMiner): Promise<NodeView> {
    return this.network.ask(`/v1/nodes/${nodeId}`);
  }

  get keyId(): string {
    return this.facts.key.keyId;
  }

  /** What the key was charged, once that many tasks are booked. */
  usage(tasks: number): Promise<{ tasks: number; completionTokens: number }> {
    return eventually(async () => {
      const { apiKey } = this.facts.key;
      const answer = await send({ url: this.network.url, apiKey }, '/v1/usage');
      const usage = (await answer.json()) as { tasks: number; completionTokens: number };
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
    // A cheat would wait long for those to whom it still owes something.
    await Promise.all([this.facts.honest[0]!.stop(), this.facts.cheats[0]!.kill()]);
  }
}

const short = (sessionId: string) =>
  question(JAPAN, { temperature: 0, max_tokens: TOKENS, ganglion: { sessionId } });
