import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const readSplit = async (text: string, size: number): Promise<ServerSentEvent[]> => {
  const all = bytes(text);
  const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  const events: ServerSentEvent[] = [];
  for await (const event of readServerSentEvents(body)) events.push(event);
  return events;
};

describe('readServerSentEvents', () => {
  const text =
    ': hello\n\nid: 0.1.ab\ndata: {"text":"Tōkyō 🗼"}\n\nevent: error\r\ndata: a\r\ndata: b\r\n\r\ndata\n\n';
  const expected = [
    { event: 'message', id: '0.1.ab', data: '{"text":"Tōkyō 🗼"}' },
    { event: 'error', id: '0.1.ab', data: 'a\nb' },
    { event: 'message', id: '0.1.ab', data: '' },
  ];

  it('reads fields, skips comments, joins data lines', async () => {
    expect(await readSplit(text, 1_000)).toEqual(expected);
  });

  it.each([1, 2, 3, 5, 7])('reads the same when it comes in pieces of %d bytes', async (size) => {
    expect(await readSplit(text, size)).toEqual(expected);
  });

  it('drops an event that the end of the stream cuts off', async () => {
    expect(await readSplit('data: whole\n\ndata: half\n', 1_000)).toEqual([
      { event: 'message', id: '', data: 'whole' },
    ]);
  });

  it('closes the connection when its reader stops early', async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes('data: 1\n\ndata: 2\n\n')),
      cancel: () => void (isCancelled = true),
    });
    for await (const _ of readServerSentEvents(body)) break;
    expect(isCancelled).toBe(true);
  });
});
