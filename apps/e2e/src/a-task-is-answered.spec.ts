import type { TaskView } from '@ganglion/contracts';
import type { Receipt } from '@ganglion/commitment';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, neverEnding, newKey, post, question, send, STORY } from './client.fixture.js';
import { type Chunk, readStream } from './stream.fixture.js';

const statesOf = ({ history }: { history: { state: string }[] }): string[] =>
  history.map(({ state }) => state);
const textOf = (receipt: Receipt, choice = 0): string =>
  receipt.choices[choice]!.tokens.map(([, text]) => text).join('');

describe('a task', () => {
  let network: NetworkAddress;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
  });

  it('is answered over HTTP in one piece, in the shape of OpenAI', async () => {
    const response = await send(network, '/v1/chat/completions', post(question(JAPAN)));
    expect(response.status).toBe(200);
    const answer = (await response.json()) as Record<string, unknown>;
    expect(answer).toMatchObject({
      object: 'chat.completion',
      model: 'tiny',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
      usage: { total_tokens: expect.any(Number) },
    });
    expect(JSON.stringify(answer['choices'])).toContain('Tokyo');
  });

  it('leaves a row for every state it went through, in order', async () => {
    const { taskId } = await clientOf(network).chat(question(JAPAN));
    const task = await network.ask<TaskView>(`/v1/tasks/${taskId}`);
    expect(statesOf(task)).toEqual([
      'QUEUED',
      'DISPATCHED',
      'STREAMING',
      'PRECOMMITTED',
      'REVEALING',
      'FINALISED',
    ]);
    expect(task.attempts.map(statesOf)).toEqual([
      ['OFFERED', 'ACKED', 'STREAMING', 'PRECOMMITTED', 'COMMITTED', 'ACCEPTED'],
    ]);
    const times = [...task.history, ...task.attempts[0]!.history].map(({ at }) => Date.parse(at));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(Date.parse(task.submittedAt));
    expect(Date.parse(task.endedAt!)).toBe(Math.max(...times));
  });

  it('is streamed as server-sent events whose text is the text of the receipt', async () => {
    // Long, because pieces that wait for a slow reader are joined.
    const body = question(STORY, neverEnding);
    const options = { stream: true, stream_options: { include_usage: true } };
    const response = await send(network, '/v1/chat/completions', post({ ...body, ...options }));
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const { chunks, ids, isDone } = await readStream(response);
    expect(isDone).toBe(true);

    const taskId = response.headers.get('x-ganglion-task')!;
    const receipt = await clientOf(network).tasks.receipt(taskId);
    const contents = chunks.map(({ choices }: Chunk) => choices[0]?.delta.content ?? '');
    expect(contents.filter((text) => text !== '').length).toBeGreaterThan(1);
    expect(contents.join('')).toBe(textOf(receipt));
    expect(ids.at(-1)).toMatch(/^0\.\d+\.[0-9a-f]{8}$/);
    expect(chunks.at(-1)!.usage).toEqual({
      prompt_tokens: receipt.promptTokens,
      completion_tokens: receipt.completionTokens,
      total_tokens: receipt.promptTokens + receipt.completionTokens,
    });
    expect(chunks.flatMap(({ choices }) => choices.map(({ finish_reason }) => finish_reason))).toContain(
      'length',
    );
  });

  it('gives the same text and usage in answer, task and receipt, for every choice', async () => {
    const client = clientOf(network);
    const answer = await client.chat(question(STORY, { n: 2, temperature: 1, seed: 7, max_tokens: 24 }));
    const [task, receipt] = await Promise.all([
      client.tasks.get(answer.taskId),
      client.tasks.receipt(answer.taskId),
    ]);
    const texts = answer.choices.map(({ text }) => text);
    expect(new Set(texts).size).toBe(2);
    expect(task.result!.choices.map(({ text }) => text)).toEqual(texts);
    expect([textOf(receipt, 0), textOf(receipt, 1)]).toEqual(texts);
    const tokens = receipt.choices.reduce((sum, choice) => sum + choice.tokens.length, 0);
    expect(answer.usage).toEqual({
      prompt_tokens: receipt.promptTokens,
      completion_tokens: tokens,
      total_tokens: receipt.promptTokens + tokens,
    });
  });

  it('is booked to the key that asked for it', async () => {
    const { apiKey } = await newKey(network, 'booked');
    const client = clientOf(network, apiKey);
    const usages = [
      await client.chat(question(JAPAN)),
      await client.chat(question(STORY, { max_tokens: 9 })),
    ].map(({ usage }) => usage);
    const sum = (name: 'prompt_tokens' | 'completion_tokens'): number =>
      usages.reduce((total, usage) => total + usage[name], 0);
    await eventually(async () => {
      const response = await send({ url: network.url, apiKey }, '/v1/usage');
      expect(await response.json()).toEqual({
        tasks: 2,
        promptTokens: sum('prompt_tokens'),
        completionTokens: sum('completion_tokens'),
      });
    });
  });

  it('is answered with the same text when the same seed is asked again', async () => {
    const client = clientOf(network);
    const ask = (seed: number) => client.chat(question(STORY, { temperature: 1, seed, max_tokens: 24 }));
    const [first, again, other] = await Promise.all([ask(1), ask(1), ask(2)]);
    expect(again.text).toBe(first.text);
    expect(other.text).not.toBe(first.text);
  });
});
