import type { TaskView } from '@ganglion/contracts';
import type { Answer, Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress, type TestMiner } from '@ganglion/testkit';
import { clientOf, type FreshKey, JAPAN, newKey, post, question, send, STORY } from './client.fixture.js';
import { untilNode } from './nodes.fixture.js';
import { ownMiners } from './own-miners.fixture.js';
import { openReady } from './sessions.fixture.js';
import { readStream } from './stream.fixture.js';

const MINERS = 3;

describe('a task with replicas', () => {
  let network: NetworkAddress;
  let key: FreshKey;
  let client: Ganglion;
  let sessionId: string;
  let liar: TestMiner;
  const processes: TestMiner[] = [];
  const start = async (count: number, options: { determinismClass?: string } = {}): Promise<TestMiner[]> => {
    const made = await ownMiners(network, key.keyId, { count, ...options });
    processes.push(made[0]!);
    return made;
  };

  beforeAll(async () => {
    network = await NetworkAddress.shared();
    key = await newKey(network, 'wants replicas');
    client = clientOf(network, key.apiKey);
    [liar] = (await start(MINERS)) as [TestMiner];
    const size = { minNodes: MINERS, maxNodes: MINERS };
    ({ sessionId } = await openReady(client, { mode: 'dedicated', ...size }));
  });
  afterAll(() => Promise.all(processes.map((process) => process.stop())));

  const replicated = (over: object = {}) => ({ ganglion: { sessionId, redundancy: MINERS, ...over } });
  const ask = (content: string, over: object = {}): Promise<Answer> =>
    client.chat({ ...question(content), ...replicated(over) });
  const stream = (content: string, over: object = {}): Promise<Response> => {
    const body = { ...question(content), ...replicated(over), stream: true };
    return send({ url: network.url, apiKey: key.apiKey }, '/v1/chat/completions', post(body));
  };
  const view = (taskId: string): Promise<TaskView> => network.ask(`/v1/tasks/${taskId}`);
  const whenIs = (history: TaskView['history'], state: string): number =>
    Date.parse(history.find((entry) => entry.state === state)!.at);
  const honestAnswer = async (content: string): Promise<string> =>
    (await client.chat({ ...question(content), ganglion: { sessionId } })).text;
  /** The liar was put away: another miner takes its place. */
  const replace = async (options: { determinismClass?: string } = {}): Promise<void> => {
    await untilNode(network, liar.nodeId, 'QUARANTINED');
    [liar] = (await start(1, options)) as [TestMiner];
    await eventually(async () => {
      const { state, nodes } = await client.sessions.get(sessionId);
      return state === 'READY' && nodes.includes(liar.nodeId);
    });
  };

  it('is computed by as many miners, of which one speaks, and shown by none before all are bound', async () => {
    const { taskId, text, verdict } = await ask(JAPAN);
    expect(text).toContain('Tokyo');
    expect(verdict).toBe('accepted');
    const { attempts, history } = await view(taskId);
    expect(attempts.map(({ state }) => state)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
    expect(attempts.map(({ silent }) => silent)).toEqual([false, true, true]);
    expect(new Set(attempts.map(({ nodeId }) => nodeId)).size).toBe(MINERS);
    expect(attempts.map(({ answer }) => answer![0]!.text)).toEqual([text, text, text]);
    const bound = attempts.map((attempt) => whenIs(attempt.history, 'PRECOMMITTED'));
    const revealed = attempts.map((attempt) => whenIs(attempt.history, 'COMMITTED'));
    expect(whenIs(history, 'REVEALING')).toBeGreaterThanOrEqual(Math.max(...bound));
    expect(whenIs(history, 'REVEALING')).toBeLessThanOrEqual(Math.min(...revealed));
  });

  it('has a receipt that anyone can check', async () => {
    const { taskId } = await ask(JAPAN);
    const receipt = await client.tasks.receipt(taskId);
    expect(receipt.verdict).toBe('accepted');
    expect(await client.verify(receipt)).toMatchObject({ ok: true });
  });

  it('shows nothing before it is verified, if that is wanted', async () => {
    const response = await stream(JAPAN, { verify: 'before' });
    const { chunks, isDone } = await readStream(response);
    expect(isDone).toBe(true);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toContain('Tokyo');
    const { attempts } = await view(response.headers.get('x-ganglion-task')!);
    expect(attempts.every(({ silent, state }) => silent && state === 'ACCEPTED')).toBe(true);
  });

  it('outvotes the one that says otherwise, whose node is quarantined with the reason', async () => {
    const right = await honestAnswer(STORY);
    await liar.misbehave('other-answer');
    const { taskId, text, verdict } = await ask(STORY, { verify: 'before' });
    expect(text).toBe(right);
    expect(verdict).toBe('accepted');
    const { attempts } = await view(taskId);
    const outvoted = attempts.find(({ nodeId }) => nodeId === liar.nodeId)!;
    expect(outvoted).toMatchObject({ state: 'REJECTED', reason: { code: 'outvoted' } });
    expect(outvoted.answer![0]!.text).not.toBe(right);
    const node = await untilNode(network, liar.nodeId, 'QUARANTINED');
    expect(node.reason).toMatchObject({ code: 'outvoted', message: expect.stringContaining('majority') });
    await replace();
  });

  it('ends with a typed error when the miner whose text was streamed is outvoted', async () => {
    await liar.misbehave('other-answer-aloud');
    // Which miner speaks is drawn anew each time.
    for (let tries = 0; tries < 60; tries++) {
      const response = await stream(STORY);
      const text = await response.text();
      const task = await view(response.headers.get('x-ganglion-task')!);
      if (task.attempts.find(({ silent }) => !silent)?.nodeId !== liar.nodeId) {
        expect(task.state).toBe('FINALISED');
        continue;
      }
      expect(text).toContain('answer_rejected');
      expect(task).toMatchObject({ state: 'FAILED', reason: { code: 'answer_rejected' }, result: null });
      const states = task.attempts.map(({ nodeId, state }) => [nodeId === liar.nodeId, state]);
      expect(states.sort()).toEqual([
        [false, 'ACCEPTED'],
        [false, 'ACCEPTED'],
        [true, 'REJECTED'],
      ]);
      await replace({ determinismClass: 'another' });
      return;
    }
    throw new Error('the liar never spoke');
  });

  it('is undecided when a miner of another determinism class says otherwise, and nobody is punished', async () => {
    await liar.misbehave('other-answer');
    const { taskId, text, verdict } = await ask(STORY);
    expect(verdict).toBe('undecided');
    const { attempts, state } = await view(taskId);
    expect(state).toBe('FINALISED');
    expect(attempts.map((attempt) => attempt.state)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
    // Until somebody can score answers, the one that was streamed stands.
    expect(attempts.find(({ silent }) => !silent)!.answer![0]!.text).toBe(text);
    expect(attempts.some(({ reason }) => reason?.code === 'undecided')).toBe(true);
    const receipt = await client.tasks.receipt(taskId);
    expect(receipt.verdict).toBe('undecided');
    expect(await client.verify(receipt)).toMatchObject({ ok: true });
    for (const { nodeId } of attempts)
      expect((await untilNode(network, nodeId, 'RESERVED')).reason).toBeNull();
  });

  it('is refused at once, with field and remedy, when its session never has as many nodes', async () => {
    const refused = client.chat({ ...question(JAPAN), ganglion: { sessionId, redundancy: MINERS + 1 } });
    await expect(refused).rejects.toMatchObject({
      status: 400,
      code: 'impossible',
      param: 'ganglion.redundancy',
      message: expect.stringMatching(/4 needs as many nodes/),
    });
  });
});
