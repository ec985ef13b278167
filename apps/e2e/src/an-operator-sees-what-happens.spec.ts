import { type AdminEvents, adminEvents, type EventView } from '@ganglion/contracts';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { io, type Socket } from 'socket.io-client';
import { clientOf, JAPAN, newKey, post, question, send } from './client.fixture.js';
import { untilServing } from './nodes.fixture.js';

describe('an operator who watches', () => {
  let network: NetworkAddress;
  let cookie: string;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    await untilServing(network, 1);
    const answer = await send(network, '/admin/login', post({ key: network.apiKey }));
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));

  const watch = async (how: { cookie?: string; key?: string }) => {
    const batches: AdminEvents[] = [];
    const socket = io(`${network.url}/admin`, {
      transports: ['websocket'],
      auth: how.key === undefined ? {} : { key: how.key },
      extraHeaders: how.cookie === undefined ? {} : { cookie: how.cookie },
      forceNew: true,
      reconnection: false,
    });
    sockets.push(socket);
    socket.on('events', (batch: unknown) => batches.push(adminEvents.parse(batch)));
    await new Promise<void>((resolve, reject) =>
      socket.once('connect', resolve).once('connect_error', reject),
    );
    return { socket, heard: (): EventView[] => batches.flatMap(({ events }) => events) };
  };

  it('hears a task from its submission to its end, with every attempt', async () => {
    const { heard } = await watch({ cookie });
    const { taskId } = await clientOf(network).chat(question(JAPAN));
    await eventually(() => {
      const of = (entity: string) => heard().filter((event) => event.entity === entity);
      const told = of('task').filter(({ entityId }) => entityId === taskId);
      expect(told.map(({ subject, to }) => [subject, to]).toSorted()).toEqual([
        ['evt.session-queue.task-finalised', 'FINALISED'],
        ['evt.session.task-submitted', null],
      ]);
      const moves = of('attempt').filter(({ entityId }) => entityId.startsWith(`${taskId}/`));
      expect(moves.map(({ to }) => to).toSorted()).toEqual(['ACCEPTED', 'PRECOMMITTED']);
    });
    const ids = heard().map(({ module, id }) => `${module} ${id}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is cut off when the key is revoked', async () => {
    const { keyId, apiKey } = await newKey(network, 'short', ['admin']);
    const { socket } = await watch({ key: apiKey });
    const left = new Promise((resolve) => socket.once('disconnect', resolve));
    await send(network, `/v1/keys/${keyId}`, { method: 'DELETE' });
    await left;
    await expect(watch({ key: apiKey })).rejects.toMatchObject({ data: { code: 'invalid_api_key' } });
  });
});
