import { jest } from '@jest/globals';
import { sessionQueue } from '@ganglion/contracts';
import { eventually } from '@ganglion/testkit';
import { io, type Socket } from 'socket.io-client';
import { words } from './answer.fixture.js';
import { API_KEY, Neighbours } from './neighbours.fixture.js';

jest.setTimeout(30_000);

const answer = words('Tokyo is the capital of Japan');
const whole = 'Tokyo is the capital of Japan';

describe('an answer over the socket', () => {
  let neighbours: Neighbours;
  beforeAll(async () => void (neighbours = await Neighbours.start()));
  afterAll(() => neighbours[Symbol.asyncDispose]());

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

  it('is the one the granted miner says', async () => {
    const socket = open();
    const texts: string[] = [];
    socket.on('task.frame', ({ text }: { text: string }) => texts.push(text));
    const ended = new Promise((resolve) => socket.once('task.finalised', resolve));
    neighbours.play(({ attempt, frames, taskId }) => {
      neighbours.control(taskId, attempt.granted());
      for (const frame of frames(answer)) neighbours.frame(taskId, frame);
      neighbours.control(taskId, attempt.finalised());
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

  it('answers an event that it does not know, instead of leaving its sender waiting', async () => {
    const socket = open();
    expect(await socket.timeout(5_000).emitWithAck('task.unknown', {})).toMatchObject({
      error: { code: 'unknown_event', message: expect.stringContaining('task.submit') },
    });
    socket.disconnect();
  });

  it.each(['task.submit', 'task.cancel', 'task.unknown', 'error'])(
    'says the error of %s as an event to whoever asked for no acknowledgement',
    async (event) => {
      const socket = open();
      const told = new Promise((resolve) => socket.once('error', resolve));
      socket.emit(event, { unknown: 1 });
      expect(await told).toMatchObject({
        error: { type: 'invalid_request_error', code: expect.any(String) },
      });
      socket.disconnect();
    },
  );

  it('cancels the tasks of a socket that goes away', async () => {
    const socket = open();
    neighbours.play(({ attempt, taskId }) => neighbours.control(taskId, attempt.granted()));
    const { taskId } = await submit(socket);
    socket.disconnect();
    await eventually(() => {
      expect(neighbours.askedFor(sessionQueue.cancel).at(-1)).toMatchObject({ taskId });
    });
  });
});
