import { createHash } from 'node:crypto';
import { canonicalJson, type Receipt } from '@ganglion/commitment';
import type { TaskView, TokenLogprob } from '@ganglion/contracts';
import type { GanglionError } from '@ganglion/sdk';
import { NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, neverEnding, newKey, post, question, send, STORY } from './client.fixture.js';
import { ownMiner } from './own-miners.fixture.js';
import { holdsByFormula } from './receipt-by-formula.fixture.js';
import { openReady } from './sessions.fixture.js';
import { type Chunk, readStream } from './stream.fixture.js';

interface Spoken {
  taskId: string;
  texts: string[];
  logprobs: TokenLogprob[][];
}
type Logged = { logprobs?: { content: TokenLogprob[] } | null };

const greedy = { temperature: 0, logprobs: true, top_logprobs: 5 };
const sumOf = (likely: TokenLogprob['top_logprobs']): number =>
  likely.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);

describe('log-probabilities', () => {
  let network: NetworkAddress;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
  });

  const ask = async (body: Record<string, unknown>): Promise<Spoken> => {
    const response = await send(network, '/v1/chat/completions', post(body));
    expect(response.status).toBe(200);
    const { choices, ganglion } = (await response.json()) as {
      choices: ({ message: { content: string } } & Logged)[];
      ganglion: { taskId: string };
    };
    return {
      taskId: ganglion.taskId,
      texts: choices.map(({ message }) => message.content),
      logprobs: choices.map(({ logprobs }) => logprobs?.content ?? []),
    };
  };

  const stream = async (body: Record<string, unknown>): Promise<Spoken> => {
    const response = await send(network, '/v1/chat/completions', post({ ...body, stream: true }));
    const { chunks, isDone } = await readStream(response);
    expect(isDone).toBe(true);
    const spoken: Spoken = { taskId: response.headers.get('x-ganglion-task')!, texts: [], logprobs: [] };
    for (const choice of chunks.flatMap(({ choices }) => choices as (Chunk['choices'][number] & Logged)[])) {
      const { index, delta, logprobs } = choice;
      spoken.texts[index] = (spoken.texts[index] ?? '') + (delta.content ?? '');
      spoken.logprobs[index] = [...(spoken.logprobs[index] ?? []), ...(logprobs?.content ?? [])];
    }
    return spoken;
  };

  it('are the same streamed and whole, and their tokens are the text', async () => {
    const body = question(STORY, { ...greedy, n: 2, temperature: 1, seed: 7, max_tokens: 24 });
    const [whole, streamed] = [await ask(body), await stream(body)];
    expect(streamed).toEqual({ ...whole, taskId: streamed.taskId });
    expect(new Set(whole.texts).size).toBe(2);
    for (const [choice, text] of whole.texts.entries()) {
      const bytes = whole.logprobs[choice]!.flatMap((entry) => entry.bytes!);
      expect(Buffer.from(bytes).toString()).toBe(text);
    }
  });

  it('are of the most likely tokens in their order, the chosen one among them where it is greedy', async () => {
    const { logprobs } = await ask(question(JAPAN, greedy));
    expect(logprobs[0]!.length).toBeGreaterThan(3);
    for (const { token, logprob, top_logprobs: likely } of logprobs[0]!) {
      expect(likely).toHaveLength(5);
      expect(likely[0]).toMatchObject({ token, logprob });
      expect(likely.map((entry) => entry.logprob)).toEqual(
        likely.map((entry) => entry.logprob).toSorted((a, b) => b - a),
      );
      expect(sumOf(likely)).toBeLessThanOrEqual(1.001);
    }
  });

  it('come without alternatives when none are asked for, and not at all when nobody asks', async () => {
    const { logprobs } = await ask(question(JAPAN, { temperature: 0, logprobs: true }));
    expect(logprobs[0]!.length).toBeGreaterThan(3);
    expect(logprobs[0]!.every(({ top_logprobs: likely }) => likely.length === 0)).toBe(true);
    const response = await send(network, '/v1/chat/completions', post(question(JAPAN)));
    expect(await response.json()).toMatchObject({ choices: [{ logprobs: null }] });
  });

  it('are bound by the commit: the receipt holds the digest of those that the task shows', async () => {
    const { taskId } = await stream(question(JAPAN, greedy));
    const client = clientOf(network);
    const task = await network.ask<TaskView>(`/v1/tasks/${taskId}`);
    const receipt = (await client.tasks.receipt(taskId)) as Receipt;
    const { choices } = task.result!;
    expect(choices[0]!.logprobs).toHaveLength(choices[0]!.tokens.length);
    const json = canonicalJson(choices.map(({ logprobs }) => logprobs));
    const { proof } = receipt.choices[0]!.segments[0]!;
    expect(proof).toMatchObject({ logprobs: createHash('sha256').update(json).digest('hex') });
    expect(holdsByFormula(receipt, await client.networkKey())).toBe(true);
    expect((await client.verify(receipt)).ok).toBe(true);
    expect((await client.verify({ ...receipt, choices: forgeDigest(receipt) })).ok).toBe(false);
  });

  it('reach the SDK over HTTP and over the socket', async () => {
    const client = clientOf(network);
    const parameters = question(JAPAN, greedy);
    const answer = await client.chat(parameters);
    const [{ logprobs }] = answer.choices as [(typeof answer.choices)[number]];
    expect(logprobs!.map(({ token }) => token).join('')).toBe(answer.text);

    const followed = await client.stream(parameters);
    const pieces: TokenLogprob[] = [];
    for await (const piece of followed) pieces.push(...(piece.logprobs ?? []));
    expect(pieces).toEqual(logprobs);
    expect((await followed.final).choices[0]!.logprobs).toEqual(logprobs);

    const socket = client.socket();
    try {
      const overSocket: TokenLogprob[] = [];
      for await (const piece of await socket.submit(parameters)) overSocket.push(...(piece.logprobs ?? []));
      expect(overSocket).toEqual(logprobs);
    } finally {
      socket.close();
    }
  });

  it('are agreed on by replicas of one class', async () => {
    const answer = await clientOf(network).chat(question(JAPAN, { ...greedy, ganglion: { redundancy: 2 } }));
    expect(answer).toMatchObject({ verdict: 'accepted', text: expect.stringContaining('Tokyo') as unknown });
  });

  /** A miner of its own key, asked for log-probabilities once it lies about them: how its attempt ended. */
  const refusedLiar = async (fault: 'other-logprobs' | 'no-logprobs') => {
    const { keyId, apiKey } = await newKey(network, fault);
    const client = clientOf(network, apiKey);
    await using liar = await ownMiner(network, keyId);
    await using session = await openReady(client, { mode: 'dedicated' });
    const ganglion = { sessionId: session.sessionId };
    await liar.misbehave(fault);
    // Who asks for none is not lied to.
    expect((await client.chat(question(JAPAN, { ganglion }))).text).toContain('Tokyo');
    const refusal: unknown = await client
      .chat(question(JAPAN, { ...greedy, ganglion }))
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'GanglionError', code: 'answer_rejected' });
    const { attempts } = await client.tasks.get((refusal as GanglionError).taskId!);
    expect(attempts).toMatchObject([{ nodeId: liar.nodeId, state: 'REJECTED' }]);
    return attempts[0]!.reason;
  };

  it('of a miner that streams others than it commits, or gives none, are refused', async () => {
    const message: unknown = expect.stringMatching(/log-probabilities/);
    expect(await Promise.all([refusedLiar('other-logprobs'), refusedLiar('no-logprobs')])).toEqual([
      { code: 'stream_differs', message },
      { code: 'malformed_commit', message },
    ]);
  });

  it('fit into the broker’s messages where they are as many as may be asked for', async () => {
    const most = { ...neverEnding, n: 8, max_tokens: 71, logprobs: true, top_logprobs: 20 };
    const { logprobs } = await ask(question(STORY, most));
    expect(logprobs.map((choice) => choice.length)).toEqual(Array(8).fill(71));
    expect(logprobs.flat().every(({ top_logprobs: likely }) => likely.length === 20)).toBe(true);
  });

  it('stay those of the model where a bias bans a token or forces one, streamed and not', async () => {
    const plain = await ask(question(JAPAN, greedy));
    const { result } = await network.ask<TaskView>(`/v1/tasks/${plain.taskId}`);
    const [id, , name] = result!.choices[0]!.logprobs![3]![0]!;
    const other = result!.choices[0]!.logprobs![0]![2]!;
    expect(plain.logprobs[0]!.map(({ token }) => token)).toContain(name);
    for (const way of [ask, stream]) {
      const banned = await way(question(JAPAN, { ...greedy, max_tokens: 12, logit_bias: { [id]: -100 } }));
      expect(banned.texts[0]).not.toBe(plain.texts[0]);
      expect(banned.logprobs[0]!.map(({ token }) => token)).not.toContain(name);

      const forced = await way(
        question(JAPAN, { ...greedy, max_tokens: 3, logit_bias: { [other[0]]: 100 } }),
      );
      expect(forced.logprobs[0]!.map(({ token }) => token)).toEqual([other[2], other[2], other[2]]);
      // As likely as it was without the bias, and as the same model says it.
      const [first] = plain.logprobs[0]!;
      expect(forced.logprobs[0]![0]!.top_logprobs).toEqual(first!.top_logprobs);
      expect(forced.logprobs[0]![0]!.logprob).toBe(other[1] / 10_000);
    }
  });
});

/** The same choices, with another digest in every proof. */
const forgeDigest = ({ choices }: Receipt) =>
  choices.map((choice) => ({
    ...choice,
    segments: choice.segments.map((segment) => ({
      ...segment,
      proof: { ...segment.proof, logprobs: 'ab'.repeat(32) },
    })),
  }));
