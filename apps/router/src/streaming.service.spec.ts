import { jest } from '@jest/globals';
import { type ControlRecord, session, sessionQueue } from '@ganglion/contracts';
import { eventually } from '@ganglion/testkit';
import { io, type Socket } from 'socket.io-client';
import { Attempt, NODE, OTHER_NODE, words } from './answer.fixture.js';
import { API_KEY, Neighbours, SESSION_ID, taskOf } from './neighbours.fixture.js';

jest.setTimeout(30_000);

const answer = words('Tokyo is the capital of Japan');
const whole = 'Tokyo is the capital of Japan';

describe('a streamed answer', () => {
  let neighbours: Neighbours;
  beforeAll(async () => void (neighbours = await Neighbours.start()));
  afterAll(() => neighbours[Symbol.asyncDispose]());

  /** From now on every submitted task is answered by this script, before the submission itself is answered. */
  const play = (
    script: (say: { frames: Attempt['frames']; attempt: Attempt; taskId: string }) => void,
  ): void =>
    neighbours.answer(session.submit, ({ taskId }) => {
      const attempt = new Attempt({ attempt: 1, nodeId: NODE });
      script({ attempt, taskId, frames: attempt.frames.bind(attempt) });
      return { taskId, sessionId: SESSION_ID, state: 'QUEUED', position: 1 };
    });
  const say = (taskId: string, ...records: ControlRecord[]): void => {
    for (const record of records) neighbours.control(taskId, record);
  };
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

  it('answers a failed task with its reason', async () => {
    play(({ taskId }) =>
      say(taskId, {
        type: 'failed',
        taskId,
        state: 'FAILED',
        reason: { code: 'invalid_request', message: 'the prompt is too long' },
      }),
    );
    const response = await chat({ stream: false });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_request', message: 'the prompt is too long' },
    });
  });

  describe('over the socket', () => {
    const open = (apiKey = API_KEY): Socket =>
      io(`${neighbours.url}/client`, {
        transports: ['websocket'],
        auth: { apiKey },
        forceNew: true,
        reconnection: false,
      });
    const submit = (socket: Socket) =>
      socket
        .timeout(5_000)
        .emitWithAck('task.submit', { model: 'tiny', messages: [{ role: 'user', content: 'hi' }] });

    it('is the same', async () => {
      const socket = open();
      const texts: string[] = [];
      socket.on('task.frame', ({ text }: { text: string }) => texts.push(text));
      const ended = new Promise((resolve) => socket.once('task.finalised', resolve));
      play(({ attempt, frames, taskId }) => {
        say(taskId, attempt.granted());
        for (const frame of frames(answer)) neighbours.frame(taskId, frame);
        say(taskId, attempt.finalised());
      });
      const { taskId } = await submit(socket);
      expect(await ended).toMatchObject({ taskId, receipt: `/v1/tasks/${taskId}/receipt` });
      expect(texts.join('')).toBe(whole);
      socket.disconnect();
    });

    it('is refused to whoever has no key, with the reason', async () => {
      const socket = open('gk_zzzzzzzzzzzzzzzzzzzz');
      const error = await new Promise<Error & { data?: unknown }>((resolve) =>
        socket.once('connect_error', resolve),
      );
      expect(error.data).toMatchObject({ type: 'authentication_error', code: 'invalid_api_key' });
      socket.disconnect();
    });

    it('acknowledges a bad submission with its error', async () => {
      const socket = open();
      expect(await socket.timeout(5_000).emitWithAck('task.submit', { model: 'tiny' })).toMatchObject({
        error: { param: 'messages' },
      });
      socket.disconnect();
    });

    it('cancels the tasks of a socket that goes away', async () => {
      const socket = open();
      play(({ attempt, taskId }) => say(taskId, attempt.granted()));
      const { taskId } = await submit(socket);
      socket.disconnect();
      await eventually(() => {
        expect(neighbours.askedFor(sessionQueue.cancel).at(-1)).toMatchObject({ taskId });
      });
    });
  });
});
