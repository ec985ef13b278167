import { readSync } from 'node:fs';
import { invalidFile } from '../model/json-file.js';

/** Small: after each tensor that is skipped it is filled anew. */
const WINDOW = 8 * 1024;

/**
 * Random access to an open file through one small window. Reads are synchronous: a graph is some hundred thousand
 * fields of a few bytes, read once before a model is loaded, and what lies between them is never touched.
 */
export class FileBytes {
  readonly #window = Buffer.allocUnsafe(WINDOW);
  #start = 0;
  #end = 0;

  /**
   * @param fd stays the caller's to close
   * @param size bytes of the file; nothing at or after it is read
   * @param name how errors name the file
   */
  constructor(
    private readonly fd: number,
    readonly size: number,
    readonly name: string,
  ) {}

  /** @throws InferenceError MODEL_INVALID when the file ends before */
  byte(at: number): number {
    if (at < this.#start || at >= this.#end) this.#fill(at);
    return this.#window[at - this.#start]!;
  }

  /** A view that the next call may overwrite, if it is short; a copy otherwise. */
  bytes(at: number, length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    if (length <= WINDOW) {
      if (at < this.#start || at + length > this.#end) this.#fill(at);
      if (at + length > this.#end) throw this.#ended(this.#end);
      return this.#window.subarray(at - this.#start, at - this.#start + length);
    }
    const copy = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const read = readSync(this.fd, copy, done, length - done, at + done);
      if (read === 0) throw this.#ended(at + done);
      done += read;
    }
    return copy;
  }

  #fill(at: number): void {
    const wanted = Math.min(WINDOW, this.size - at);
    let done = 0;
    while (done < wanted) {
      const read = readSync(this.fd, this.#window, done, wanted - done, at + done);
      if (read === 0) break;
      done += read;
    }
    this.#start = at;
    this.#end = at + done;
    if (done <= 0) throw this.#ended(at);
  }

  #ended(at: number): Error {
    return invalidFile(this.name, `ends at byte ${at}, though it had ${this.size} when it was opened`);
  }
}
