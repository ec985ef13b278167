import type { InferenceError } from '../inference-error.js';
import { invalidFile } from '../model/json-file.js';
import type { Budget } from './budget.js';
import type { FileBytes } from './file-bytes.js';
import { LIMITS } from './limits.js';
import type { Message } from './messages.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Walks the fields of one protobuf message in a file (https://protobuf.dev/programming-guides/encoding/). Payloads are
 * measured, not loaded: `next()` stands on a field, and only what is asked for is read. Our own, because protobuf
 * libraries for JavaScript want the whole file in one buffer: gigabytes, above what a buffer may hold, for a few
 * kilobytes of names and shapes.
 *
 * Stricter than protobuf where a lenient reader could see another model than ONNX Runtime does: a single field given
 * twice, a known field of another wire type, and groups are refused.
 * Every error is an InferenceError MODEL_INVALID that names message, field and byte.
 */
export class Cursor<Field extends string = string> {
  /** Of the current field; undefined for one that its message's table does not have. */
  name: Field | undefined;
  /** Where the current field's tag begins, where its payload begins, and where both end. */
  fieldStart = 0;
  payloadStart = 0;
  payloadEnd = 0;

  readonly #seen = new Set<number>();
  #at: number;
  #number = 0;
  #wire = 0;
  #low = 0;
  #high = 0;
  #depth = 0;

  constructor(
    private readonly source: FileBytes,
    private readonly message: Message<Field>,
    private readonly budget: Budget,
    private readonly range: { start: number; end: number } = { start: 0, end: source.size },
  ) {
    this.#at = range.start;
    this.payloadStart = range.start;
  }

  /** Stands on the next field; false at the end of the message. */
  next(): boolean {
    if (this.#at === this.range.end) return false;
    this.fieldStart = this.#at;
    this.payloadStart = this.#at;
    this.#number = 0;
    this.name = undefined;
    this.#varint();
    if (this.#high !== 0 || this.#low >>> 3 === 0) throw this.fault('has no valid field number');
    this.#number = this.#low >>> 3;
    this.#wire = this.#low & 7;
    this.name = this.message.names.get(this.#number);
    this.refuse(this.budget.field());
    if (this.name !== undefined && !this.message.repeated.has(this.#number)) {
      if (this.#seen.has(this.#number)) throw this.fault('is given twice');
      this.#seen.add(this.#number);
    }
    this.#measure();
    return true;
  }

  /** An int64, uint64, int32 or enum, two's complement; above 2^53 the nearest double. */
  int(): number {
    this.#expect(VARINT);
    return (this.#high | 0) * 2 ** 32 + this.#low;
  }

  float(): number {
    this.#expect(FIXED32);
    const bytes = this.source.bytes(this.payloadStart, 4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
  }

  /** Bytes of the payload. */
  get length(): number {
    return this.payloadEnd - this.payloadStart;
  }

  /** Whether the payload is a run of bytes: text, a message or packed numbers. */
  get isBytes(): boolean {
    return this.#wire === BYTES;
  }

  /** A name, kept in memory. */
  text(): string {
    this.#expect(BYTES);
    const length = this.length;
    if (length > LIMITS.nameBytes) throw this.fault(`is ${length} bytes long, above ${LIMITS.nameBytes}`);
    this.refuse(this.budget.keep(length + 64));
    const bytes = this.source.bytes(this.payloadStart, length);
    if (bytes.includes(0)) throw this.fault('holds a NUL');
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.fault('is not UTF-8');
    }
  }

  /**
   * The integers of the current field of a repeated one: one of them, or a packed run.
   * @param most runs with more are answered as undefined, without being read
   */
  ints(most: number): number[] | undefined {
    if (this.#wire === VARINT) return [this.int()];
    this.#expect(BYTES);
    // An int64 takes ten bytes at most.
    if (this.length > most * 10) return undefined;
    const found: number[] = [];
    const back = this.#at;
    this.#at = this.payloadStart;
    while (this.#at < this.payloadEnd) {
      this.#varint(this.payloadEnd);
      found.push((this.#high | 0) * 2 ** 32 + this.#low);
    }
    this.#at = back;
    return found.length > most ? undefined : found;
  }

  /** The message in the current field. */
  enter<Inner extends string>(message: Message<Inner>): Cursor<Inner> {
    this.#expect(BYTES);
    if (this.#depth + 1 > LIMITS.depth) throw this.fault(`is nested deeper than ${LIMITS.depth} messages`);
    const range = { start: this.payloadStart, end: this.payloadEnd };
    const inner = new Cursor(this.source, message, this.budget, range);
    inner.#depth = this.#depth + 1;
    return inner;
  }

  /** Copies bytes of the file, for a message that is written again. */
  copy(start: number, end: number): Uint8Array {
    return Uint8Array.from(this.source.bytes(start, end - start));
  }

  /** @param problem says what is wrong with the current field, or that nothing is */
  refuse(problem: string | undefined): void {
    if (problem !== undefined) throw this.fault(problem);
  }

  /** The error for the current field. */
  fault(problem: string): InferenceError {
    const field = this.name ?? (this.#number > 0 ? `field ${this.#number}` : 'a field');
    const where = `${this.message.name}: ${field} at byte ${this.fieldStart}`;
    return invalidFile(this.source.name, `is not a valid ONNX file: ${where} ${problem}`);
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw this.fault(`is of wire type ${this.#wire}, not ${wire}`);
  }

  #measure(): void {
    this.payloadStart = this.#at;
    const left = this.range.end - this.#at;
    if (this.#wire === VARINT) this.#varint();
    else if (this.#wire === FIXED64) this.#skip(8, left);
    else if (this.#wire === FIXED32) this.#skip(4, left);
    else if (this.#wire === BYTES) {
      this.#varint();
      this.payloadStart = this.#at;
      this.#skip(this.#high * 2 ** 32 + this.#low, this.range.end - this.#at);
    } else throw this.fault(`is of wire type ${this.#wire}, which ONNX does not use`);
    this.payloadEnd = this.#at;
  }

  #skip(length: number, left: number): void {
    if (length > left) throw this.fault(`says it is ${length} bytes long, but only ${left} are left`);
    this.#at += length;
  }

  /** Into #low and #high, both unsigned 32 bits. */
  #varint(end = this.range.end): void {
    this.#low = 0;
    this.#high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= end) throw this.fault('is cut off');
      const byte = this.source.byte(this.#at++);
      const bits = byte & 0x7f;
      if (shift < 28) this.#low = (this.#low | (bits << shift)) >>> 0;
      else if (shift === 28) {
        this.#low = (this.#low | (bits << 28)) >>> 0;
        this.#high = bits >>> 4;
      } else this.#high = (this.#high | (bits << (shift - 32))) >>> 0;
      if (byte < 0x80) return;
    }
    throw this.fault('holds a number of more than ten bytes');
  }
}
