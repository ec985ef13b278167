import { jest } from '@jest/globals';
import { type ControlRecord, sessionQueue } from '@ganglion/contracts';
import { eventually } from '@ganglion/testkit';
import { Attempt, NODE, OTHER_NODE, words } from './answer.fixture.js';
import { API_KEY, Neighbours, type Script, SESSION_ID, taskOf } from './neighbours.fixture.js';

jest.setTimeout(30_000);

const answer = words('Tokyo is the capital of Japan');
const whole = 'Tokyo is the capital of Japan';

describe('a streamed answer', () => {
  let neighbours: Neighbours;
  beforeAll(async () => void (neighbours = await Neighbours.start()));
  afterAll(() => neighbours[Symbol.asyncDispose]());

  const play = (script: Script): void => neighbours.play(script);
  const say = (taskId: string, ...records: ControlRecord[]): void => neighbours.control(taskId, ...records);
  const chat = (body: Record<string, unknown> = {}, init: RequestInit = {}) =>
    fetch(`${neighbours.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'tiny',
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
        ...body,
      }),
      ...init,
    });
  const textOf = (sse: string): string =>
    [...sse.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text ?? '""')).join('');

  it('reaches the client as the granted miner says it', async () => {
    play(({ attempt, frames, taskId }) => {
      say(taskId, attempt.granted());
      for (const frame of frames(answer)) neighbours.frame(taskId, frame);
      say(taskId, attempt.finalised());
    });
    const response = await chat();
    expect(response.headers.get('content-type')).toMatch(/text\/event-stream/);
    expect(response.headers.get('x-request-id')).toBeTruthy();
    const sse = await response.text();
    expect(textOf(sse)).toBe(whole);
    expect(sse).toMatch(/"receipt":"\/v1\/tasks\/[0-9a-f-]{36}\/receipt"/);
    expect(sse.trimEnd()).toMatch(/data: \[DONE\]$/);
  });

  it('is not disturbed by forged, foreign, repeated and unordered frames', async () => {
    play(({ attempt, frames, taskId }) => {
      const [first, ...rest] = frames(answer);
      neighbours.frame(taskId, first!, OTHER_NODE);
      neighbours.frame(taskId, { ...first!, tokens: [[1, 'Kyoto ']] });
      for (const frame of [...rest.toReversed(), first!, ...rest]) neighbours.frame(taskId, frame);
      say(taskId, attempt.granted(), attempt.finalised());
    });
    expect(textOf(await (await chat()).text())).toBe(whole);
  });

  it('is completed from the validated result when frames were lost', async () => {
    play(({ attempt, frames, taskId }) => {
      const all = frames(answer);
      neighbours.answer(sessionQueue.get, () =>
        taskOf({ taskId, state: 'FINALISED', result: attempt.result(answer) }),
      );
      say(taskId, attempt.granted());
      neighbours.frame(taskId, all[0]!);
      neighbours.frame(taskId, all[4]!);
      say(taskId, attempt.finalised());
    });
    const sse = await (await chat()).text();
    expect(textOf(sse)).toBe(whole);
    expect(sse).toMatch(/\[DONE\]/);
  });

  it('ends with a typed error when what was committed is not what was streamed', async () => {
    play(({ attempt, frames, taskId }) => {
      say(taskId, attempt.granted());
      for (const frame of frames(answer)) neighbours.frame(taskId, frame);
      const other = new Attempt({ attempt: 1, nodeId: NODE });
      other.frames(words('Kyoto is the capital of Japan'));
      say(taskId, other.finalised());
    });
    const sse = await (await chat()).text();
    expect(sse).toMatch(/event: error\ndata: \{"error":\{.*"code":"stream_diverged"/);
    expect(sse).not.toMatch(/\[DONE\]/);
  });

  it('asks the queue when nothing is heard', async () => {
    play(({ attempt, frames, taskId }) => {
      frames(answer);
      neighbours.answer(sessionQueue.get, () =>
        taskOf({ taskId, state: 'FINALISED', result: attempt.result(answer) }),
      );
    });
    expect(textOf(await (await chat()).text())).toBe(whole);
  });

  it('withholds the text of a request with verify: before', async () => {
    play(({ attempt, frames, taskId }) => {
      say(taskId, attempt.granted());
      for (const frame of frames(answer)) neighbours.frame(taskId, frame);
      neighbours.answer(sessionQueue.get, () =>
        taskOf({ taskId, state: 'FINALISED', result: attempt.result(answer) }),
      );
      say(taskId, attempt.finalised());
    });
    const sse = await (await chat({ ganglion: { verify: 'before' } })).text();
    expect(sse.match(/"content":/g)).toHaveLength(1);
    expect(textOf(sse)).toBe(whole);
  });

  it('cancels the task of a client that goes away', async () => {
    let running = '';
    play(({ attempt, frames, taskId }) => {
      running = taskId;
      say(taskId, attempt.granted());
      for (const frame of frames(answer.slice(0, 1))) neighbours.frame(taskId, frame);
    });
    const stop = new AbortController();
    const response = await chat({}, { signal: stop.signal });
    await response.body?.getReader().read();
    stop.abort();
    await eventually(() => {
      expect(neighbours.askedFor(sessionQueue.cancel).at(-1)).toMatchObject({
        taskId: running,
        reason: { code: 'client_gone' },
      });
    });
  });

  it('is not needed: without stream the answer is the validated one', async () => {
    play(({ attempt, frames, taskId }) => {
      say(taskId, attempt.granted());
      for (const frame of frames(answer)) neighbours.frame(taskId, frame);
      neighbours.answer(sessionQueue.get, () =>
        taskOf({ taskId, state: 'FINALISED', result: attempt.result(answer) }),
      );
      say(taskId, attempt.finalised());
    });
    expect(await (await chat({ stream: false })).json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: whole }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 6, total_tokens: 9 },
      ganglion: { sessionId: SESSION_ID, receipt: expect.stringMatching(/receipt$/) },
    });
  });

  it.each([false, true])('answers a task that fails at once with its reason (stream: %s)', async (stream) => {
    let failed = '';
    play(({ taskId }) => {
      failed = taskId;
      say(taskId, {
        type: 'failed',
        taskId,
        state: 'FAILED',
        reason: { code: 'invalid_request', message: 'the prompt is too long' },
      });
    });
    const response = await chat({ stream });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-ganglion-task')).toBe(failed);
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_request', message: 'the prompt is too long' },
    });
  });

  it('is measured', async () => {
    const read = async (pattern: RegExp): Promise<number> => {
      const text = await (await fetch(`${neighbours.url}/metrics`)).text();
      return Number(pattern.exec(text)?.[1] ?? 0);
    };
    const tokens = /ganglion_streamed_tokens_total\{via="rest",.*\} (\d+)/;
    const requests =
      /ganglion_http_requests_total\{method="POST",route="\/v1\/chat\/completions",status="200",.*\} (\d+)/;
    const before = { tokens: await read(tokens), requests: await read(requests) };
    play(({ attempt, frames, taskId }) => {
      say(taskId, attempt.granted());
      for (const frame of frames(answer)) neighbours.frame(taskId, frame);
      say(taskId, attempt.finalised());
    });
    await (await chat()).text();
    await eventually(async () => {
      expect(await read(tokens)).toBe(before.tokens + answer.length);
      expect(await read(requests)).toBe(before.requests + 1);
      expect(await read(/ganglion_active_streams\{via="rest",.*\} (\d+)/)).toBe(0);
      expect(await read(/ganglion_ttft_ms_count\{.*via="rest".*\} (\d+)/)).toBeGreaterThan(0);
    });
  });
});
