import type { Decoder } from '../runtime/decoder.js';

/** A run that a decoder was asked for: how many tokens went to which rows; or a copy between rows. */
export type Deed =
  | { kind: 'prefill'; row: number; tokens: number }
  | { kind: 'score'; row: number; tokens: number }
  | { kind: 'decode'; rows: number[] }
  | { kind: 'copy'; from: number; to: number; length: number };

/** A real decoder, and a record of what was asked of it. */
export class WatchedDecoder implements Decoder {
  readonly deeds: Deed[] = [];
  readonly #decoder: Decoder;
  /** Called when a run begins. */
  onRun: (deed: Deed) => void = () => undefined;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  get rows(): number {
    return this.#decoder.rows;
  }

  get capacity(): number {
    return this.#decoder.capacity;
  }

  get sharesRuns(): boolean {
    return this.#decoder.sharesRuns;
  }

  lengthOf(row: number): number {
    return this.#decoder.lengthOf(row);
  }

  truncate(row: number, length: number): void {
    this.#decoder.truncate(row, length);
  }

  append(row: number, ids: readonly number[]): Promise<Float32Array> {
    const run = this.#decoder.append(row, ids);
    this.#note({ kind: 'prefill', row, tokens: ids.length });
    return run;
  }

  appendAll(row: number, ids: readonly number[]): Promise<Float32Array[]> {
    const run = this.#decoder.appendAll(row, ids);
    this.#note({ kind: 'score', row, tokens: ids.length });
    return run;
  }

  appendEach(ids: readonly (number | undefined)[]): Promise<(Float32Array | undefined)[]> {
    const run = this.#decoder.appendEach(ids);
    this.#note({ kind: 'decode', rows: ids.flatMap((id, row) => (id === undefined ? [] : [row])) });
    return run;
  }

  copy(from: number, to: number, length: number): void {
    this.#decoder.copy(from, to, length);
    this.deeds.push({ kind: 'copy', from, to, length });
  }

  interrupt(): void {
    this.#decoder.interrupt();
  }

  close(): Promise<void> {
    return this.#decoder.close();
  }

  #note(deed: Deed): void {
    this.deeds.push(deed);
    this.onRun(deed);
  }
}
