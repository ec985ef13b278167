import type { TaskView } from '@ganglion/contracts';
import type { Answer } from '@ganglion/sdk';
import { Network, type TestMiner } from '@ganglion/testkit';
import { clientOf, JAPAN, post, question, send, STORY } from './client.fixture.js';
import { nodesOf, untilNode, untilServing } from './nodes.fixture.js';
import { readStream } from './stream.fixture.js';

/** An hour is longer than any back-off after a few failures. */
const AN_HOUR_MS = 3_600_000;
const MINERS = 3;

describe('a task with replicas', () => {
  let network: Network;
  let liar: TestMiner;

  beforeAll(async () => {
    network = await Network.start({ miners: MINERS - 1 });
    liar = await network.addTestMiner();
    await untilServing(network, MINERS);
  });
  afterAll(() => network.stop());

  const replicated = (over: object = {}) => ({ ganglion: { redundancy: MINERS, ...over } });
  const ask = (content: string, over: object = {}): Promise<Answer> =>
    clientOf(network).chat({ ...question(content), ...replicated(over) });
  const view = (taskId: string): Promise<TaskView> => network.ask(`/v1/tasks/${taskId}`);
  const whenIs = (history: TaskView['history'], state: string): number =>
    Date.parse(history.find((entry) => entry.state === state)!.at);
  const honestAnswer = async (content: string): Promise<string> =>
    (await clientOf(network).chat(question(content))).text;
  /** Back among those that serve, after a conviction. */
  const pardon = async (nodeId: string): Promise<void> => {
    await liar.behave();
    await untilNode(network, nodeId, 'QUARANTINED');
    await network.clock!.advance(AN_HOUR_MS);
    await untilServing(network, MINERS);
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
    const receipt = await clientOf(network).tasks.receipt(taskId);
    expect(receipt.verdict).toBe('accepted');
    expect(await clientOf(network).verify(receipt)).toMatchObject({ ok: true });
  });

  it('shows nothing before it is verified, if that is wanted', async () => {
    const body = { ...question(JAPAN), ...replicated({ verify: 'before' }), stream: true };
    const response = await send(network, '/v1/chat/completions', post(body));
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
    await pardon(liar.nodeId);
  });

  it('ends with a typed error when the miner whose text was streamed is outvoted', async () => {
    await liar.misbehave('other-answer-aloud');
    // Which miner speaks is drawn anew each time.
    for (let tries = 0; tries < 60; tries++) {
      const body = { ...question(STORY), ...replicated(), stream: true };
      const response = await send(network, '/v1/chat/completions', post(body));
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
      await pardon(liar.nodeId);
      return;
    }
    throw new Error('the liar never spoke');
  });

  it('is undecided when a miner of another determinism class says otherwise, and nobody is punished', async () => {
    const before = (await nodesOf(network)).filter(({ state }) => state === 'QUARANTINED').length;
    await network.stopMiner(liar.name);
    liar = await network.addTestMiner({ determinismClass: 'another' });
    await untilServing(network, MINERS);
    await liar.misbehave('other-answer');
    const { taskId, text, verdict } = await ask(STORY);
    expect(verdict).toBe('undecided');
    const { attempts, state } = await view(taskId);
    expect(state).toBe('FINALISED');
    expect(attempts.map((attempt) => attempt.state)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
    // Until somebody can score answers, the one that was streamed stands.
    expect(attempts.find(({ silent }) => !silent)!.answer![0]!.text).toBe(text);
    expect(attempts.some(({ reason }) => reason?.code === 'undecided')).toBe(true);
    const receipt = await clientOf(network).tasks.receipt(taskId);
    expect(receipt.verdict).toBe('undecided');
    expect(await clientOf(network).verify(receipt)).toMatchObject({ ok: true });
    const after = (await nodesOf(network)).filter((node) => node.state === 'QUARANTINED').length;
    expect(after).toBe(before);
  });
});
