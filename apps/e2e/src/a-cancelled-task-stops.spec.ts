import { type SessionView, type TaskView, taskView } from '@ganglion/contracts';
import type { Ganglion, Piece } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, endless, ENDLESS_TOKENS, JAPAN, newKey, question } from './client.fixture.js';
import { ownMiner, type OwnMiner } from './own-miners.fixture.js';
import { rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

describe('a task that is cancelled in mid-answer', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  let apiKey: string;
  let miner: OwnMiner;
  let session: SessionView & AsyncDisposable;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    const key = await newKey(network, 'cancels');
    apiKey = key.apiKey;
    client = clientOf(network, apiKey);
    miner = await ownMiner(network, key.keyId, { slots: 2, tokenMs: 1 });
    session = await openReady(client, { mode: 'dedicated' });
  });
  afterAll(() => miner?.[Symbol.asyncDispose]());

  const untilEnded = (taskId: string): Promise<TaskView> =>
    eventually(async () => {
      const task = await client.tasks.get(taskId);
      if (task.endedAt === null) throw new Error(`task is ${task.state}`);
      return task;
    });

  /** It ended as cancelled, with a receipt that holds, of less than was asked for. */
  const expectCancelled = async (taskId: string): Promise<TaskView> => {
    const task = await untilEnded(taskId);
    expect(task).toMatchObject({ state: 'CANCELLED', reason: { code: expect.any(String) } });
    expect(task.history.map(({ state }) => state).slice(-2)).toEqual(['CANCELLING', 'CANCELLED']);
    const receipt = await client.tasks.receipt(taskId);
    expect(await client.verify(receipt)).toMatchObject({ ok: true });
    expect(receipt.choices.map(({ finish }) => finish)).toContain('cancelled');
    expect(receipt.completionTokens).toBeGreaterThan(0);
    expect(receipt.completionTokens).toBeLessThan(ENDLESS_TOKENS);
    expect(task.result).toMatchObject({ completionTokens: receipt.completionTokens });
    return task;
  };

  /** All its slots are free, and the miner itself has room: it refuses nothing. */
  const expectFreeSlots = async (): Promise<void> => {
    const [nodeId] = session.nodes;
    await eventually(async () => {
      const sql = `SELECT index FROM session_queue."Slot" WHERE "nodeId" = $1 AND "attemptId" IS NOT NULL AND index >= 0`;
      expect(await rowsOf(network, sql, [nodeId])).toEqual([]);
    });
    const { slots } = await network.ask<{ slots: number }>(`/v1/nodes/${nodeId}`);
    const ask = () => client.chat(question(JAPAN, { ganglion: { sessionId: session.sessionId } }));
    const answers = await Promise.all(Array.from({ length: slots }, ask));
    for (const { taskId, text } of answers) {
      expect(text).toContain('Tokyo');
      expect((await client.tasks.get(taskId)).attempts.map(({ state }) => state)).toEqual(['ACCEPTED']);
    }
  };

  it('by DELETE ends its stream with what was made, and frees the slot', async () => {
    const stream = await client.stream(endless(session.sessionId));
    const pieces: Piece[] = [];
    let isCancelled = false;
    for await (const piece of stream) {
      pieces.push(piece);
      if (isCancelled) continue;
      isCancelled = true;
      expect((await client.tasks.cancel(stream.taskId)).state).toMatch(/^CANCELL(ING|ED)$/);
    }
    const { choices } = await stream.final;
    expect(choices.map(({ finish }) => finish)).toContain('cancelled');
    const task = await expectCancelled(stream.taskId);
    expect(task.reason).toMatchObject({ code: 'client_cancelled' });
    const texts = choices.map(({ index }) =>
      pieces
        .filter(({ choice }) => choice === index)
        .map(({ text }) => text)
        .join(''),
    );
    expect(task.result!.choices.map(({ text }) => text)).toEqual(texts);
    await expectFreeSlots();
  });

  it('by a client that hangs up its stream ends', async () => {
    const stream = await client.stream(endless(session.sessionId));
    for await (const { text } of stream) if (text !== '') break;
    expect((await expectCancelled(stream.taskId)).reason).toMatchObject({ code: 'client_gone' });
    await expectFreeSlots();
  });

  it('by a client that hangs up while it waits for the whole answer ends', async () => {
    const leaving = new AbortController();
    const waiting = client.chat(endless(session.sessionId), { signal: leaving.signal });
    const hungUp = expect(waiting).rejects.toThrow();
    const taskId = await eventually(async () => {
      const { items } = await client.tasks.list({ sessionId: session.sessionId, limit: 200 });
      const streaming = items.find(({ state }) => state === 'STREAMING');
      if (!streaming) throw new Error('the task has not begun');
      return streaming.taskId;
    });
    leaving.abort();
    await hungUp;
    await expectCancelled(taskId);
    await expectFreeSlots();
  });

  it('over the socket ends its task and no other', async () => {
    const socket = client.socket();
    try {
      const kept = await socket.submit(question(JAPAN, { ganglion: { sessionId: session.sessionId } }));
      const task = await socket.submit(endless(session.sessionId));
      for await (const { text } of task) {
        if (text === '') continue;
        await task.cancel();
        break;
      }
      expect(await task.final).toMatchObject({ taskId: task.taskId, state: 'CANCELLED' });
      expect(await kept.final).toMatchObject({ taskId: kept.taskId, state: 'FINALISED' });
      await expectCancelled(task.taskId);
    } finally {
      socket.close();
    }
    await expectFreeSlots();
  });

  it('by a socket that closes ends', async () => {
    const socket = client.socket();
    const task = await socket.submit(endless(session.sessionId));
    for await (const { text } of task) if (text !== '') break;
    socket.close();
    await expectCancelled(task.taskId);
    await expectFreeSlots();
  });

  it('is charged for what was made, and one that only waited is not', async () => {
    const usageOf = () => clientUsage(network, apiKey);
    const ids = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const { taskId } = await client.tasks.submit(session.sessionId, endless(session.sessionId));
        return taskId;
      }),
    );
    await eventually(async () => {
      const states = await Promise.all(ids.map(async (id) => (await client.tasks.get(id)).state));
      expect(states).toContain('STREAMING');
      expect(states).toContain('QUEUED');
    });
    await Promise.all(ids.map((id) => client.tasks.cancel(id)));
    const ended = await Promise.all(ids.map(untilEnded));
    const waited = ended.filter(({ attempts }) => attempts.length === 0);
    expect(waited.length).toBeGreaterThan(0);
    for (const { taskId, state, result } of waited) {
      expect({ state, result }).toEqual({ state: 'CANCELLED', result: null });
      await expect(client.tasks.receipt(taskId)).rejects.toMatchObject({ status: 409 });
    }
    const { items } = await client.tasks.list({ limit: 200 });
    const all = await Promise.all(items.map(({ taskId }) => client.tasks.get(taskId)));
    const made = all.reduce((sum, task) => sum + (taskView.parse(task).result?.completionTokens ?? 0), 0);
    await eventually(async () => expect((await usageOf()).completionTokens).toBe(made));
    await expectFreeSlots();
  });

  it('after its end stays as it ended', async () => {
    const { taskId } = await client.chat(question(JAPAN, { ganglion: { sessionId: session.sessionId } }));
    expect(await client.tasks.cancel(taskId)).toEqual({ taskId, state: 'FINALISED' });
    expect((await client.tasks.get(taskId)).state).toBe('FINALISED');
  });
});

const clientUsage = async (network: NetworkAddress, apiKey: string): Promise<{ completionTokens: number }> =>
  network.ask('/v1/usage', { headers: { authorization: `Bearer ${apiKey}` } });
