import type { Message } from './messages.js';

/** Writes one protobuf message, field by field, in the order of the calls. */
export class MessageWriter<Field extends string = string> {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(private readonly message: Message<Field>) {}

  /** Bytes written so far. */
  get length(): number {
    return this.#bytes;
  }

  /** @param value an int64; two's complement when negative */
  int(field: Field, value: number | bigint): this {
    return this.raw(varint(this.#tag(field, 0))).raw(varint(value));
  }

  float(field: Field, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.raw(varint(this.#tag(field, 5))).raw(bytes);
  }

  text(field: Field, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: Field, value: Uint8Array): this {
    return this.raw(varint(this.#tag(field, 2)))
      .raw(varint(value.length))
      .raw(value);
  }

  inner(field: Field, value: MessageWriter<string>): this {
    return this.bytes(field, value.finish());
  }

  /** Fields that are encoded already. */
  raw(encoded: Uint8Array): this {
    this.#parts.push(encoded);
    this.#bytes += encoded.length;
    return this;
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #tag(field: Field, wire: number): number {
    return this.message.numbers[field] * 8 + wire;
  }
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  bytes.push(Number(left));
  return Uint8Array.from(bytes);
}
