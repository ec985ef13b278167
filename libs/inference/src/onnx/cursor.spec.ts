import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelFolder } from '../testing/model-folder.js';
import { randomFrom } from '../testing/random.js';
import { Budget } from './budget.js';
import { Cursor } from './cursor.js';
import { FileBytes } from './file-bytes.js';
import { MessageWriter } from './message-writer.js';
import { ATTRIBUTE } from './messages.js';

/** What a cursor tells of an attribute's fields, in their order. */
async function walk<T>(bytes: Uint8Array, tell: (cursor: Cursor) => T): Promise<T[]> {
  using folder = new ModelFolder();
  await using handle = await open(join(folder.path, folder.put('file', bytes)));
  const cursor = new Cursor(new FileBytes(handle.fd, bytes.length, 'file'), ATTRIBUTE, new Budget());
  const told: T[] = [];
  while (cursor.next()) told.push(tell(cursor));
  return told;
}

describe('a cursor reads what a writer wrote', () => {
  it('integers of 64 bits, the nearest double above 2^53', async () => {
    const random = randomFrom(64);
    const values = [0n, 1n, -1n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];
    for (let at = 0; at < 500; at += 1) {
      const bits = BigInt(random(2 ** 31)) * BigInt(random(2 ** 31)) * BigInt(1 + random(8));
      values.push(BigInt.asIntN(64, bits >> BigInt(random(62))) * (random(2) === 0 ? 1n : -1n));
    }
    const written = new MessageWriter(ATTRIBUTE);
    for (const value of values) written.int('ints', value);
    expect(await walk(written.finish(), (cursor) => cursor.int())).toEqual(values.map(Number));
  });

  it('runs of packed integers, unless they are too long', async () => {
    const packed = Uint8Array.of(1, 0x80, 0x01, ...Array<number>(9).fill(0xff), 0x01);
    const written = new MessageWriter(ATTRIBUTE).bytes('ints', packed).int('ints', 5).finish();
    expect(await walk(written, (cursor) => cursor.ints(3))).toEqual([[1, 128, -1], [5]]);
    expect(await walk(written, (cursor) => cursor.ints(2))).toEqual([undefined, [5]]);
    const cut = new MessageWriter(ATTRIBUTE).bytes('ints', Uint8Array.of(1, 0x80)).int('ints', 5).finish();
    await expect(walk(cut, (cursor) => cursor.ints(9))).rejects.toThrow(/ints at byte 0 is cut off/);
  });

  it('floats, text with other alphabets, and places of payloads', async () => {
    const written = new MessageWriter(ATTRIBUTE)
      .text('name', 'Ganglion – 日本')
      .float('float', -0.15625)
      .finish();
    const told = await walk(written, (cursor) => [
      cursor.name,
      cursor.name === 'name' ? cursor.text() : cursor.float(),
      cursor.fieldStart,
      cursor.payloadStart,
      cursor.payloadEnd,
    ]);
    const length = Buffer.byteLength('Ganglion – 日本');
    expect(told).toEqual([
      ['name', 'Ganglion – 日本', 0, 2, 2 + length],
      ['float', -0.15625, 2 + length, 3 + length, 7 + length],
    ]);
  });

  it('fields across the borders of its window', async () => {
    const written = new MessageWriter(ATTRIBUTE);
    const random = randomFrom(8);
    const lengths = Array.from({ length: 300 }, () => random(4000));
    // The table has no such repeated text: packed integers stand for it.
    for (const length of lengths) written.bytes('ints', new Uint8Array(length).fill(length % 100));
    const told = await walk(written.finish(), (cursor) =>
      cursor.copy(cursor.payloadStart, cursor.payloadEnd),
    );
    expect(told.map((bytes) => bytes.length)).toEqual(lengths);
    expect(told.every((bytes) => bytes.every((byte) => byte === bytes.length % 100))).toBe(true);
  });

  it('text only where it is text: no NUL, no broken UTF-8', async () => {
    for (const bytes of [Uint8Array.of(0xc3), Uint8Array.of(0xed, 0xa0, 0x80), Uint8Array.of(0x61, 0)]) {
      const written = new MessageWriter(ATTRIBUTE).bytes('name', bytes).finish();
      await expect(walk(written, (cursor) => cursor.text())).rejects.toMatchObject({
        code: 'MODEL_INVALID',
        message: expect.stringMatching(/AttributeProto: name at byte 0 (is not UTF-8|holds a NUL)/) as string,
      });
    }
  });
});
