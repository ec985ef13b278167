/** A fake hub with one repository and an empty cache, and what happened in a pull. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HubOptions } from '../hub/hub-client.js';
import { ModelCache } from '../hub/model-cache.js';
import type { ModelEvent } from '../hub/model-event.js';
import { parseModelReference, type HubReference } from '../hub/model-reference.js';
import { pullModel, type PulledModel } from '../hub/pull-model.js';
import { FakeHub, hollowFiles, type Fault } from './fake-hub.js';

export const REPOSITORY = 'some/model';
export const GRAPH = 'onnx/model_int8.onnx';
/** Bytes of the graph. */
export const SIZE = 300_000;

export class PullBench {
  readonly root = mkdtempSync(join(tmpdir(), 'hub-'));
  readonly cache = new ModelCache(this.root);
  readonly events: ModelEvent[] = [];
  readonly commit: string;

  private constructor(readonly hub: FakeHub) {
    this.commit = hub.publish(REPOSITORY, hollowFiles(SIZE));
  }

  static async start(): Promise<PullBench> {
    return new PullBench(await FakeHub.start());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub[Symbol.asyncDispose]();
    rmSync(this.root, { recursive: true, force: true });
  }

  pull(text = `hf:${REPOSITORY}`, options: HubOptions = {}): Promise<PulledModel> {
    const { hub, cache, events } = this;
    const patience = { connectMs: 20_000, stallMs: 20_000, tries: 4, firstDelayMs: 1 };
    return pullModel(parseModelReference(text) as HubReference, {
      cache,
      hub: { address: hub.address, ...options, patience: { ...patience, ...options.patience } },
      signal: options.signal,
      onEvent: (event) => events.push(event),
    });
  }

  /** Downloads of the graph take these faults, one each. */
  fails(...faults: Fault[]): void {
    this.hub.faults.set(GRAPH, faults);
  }

  /** Where the graph is while it is downloaded. */
  get incomplete(): string {
    return join(this.cache.incompleteOf(REPOSITORY, this.commit, 'int8'), GRAPH);
  }

  /** Waits until so much of the graph is on the disk. */
  async arrived(bytes: number): Promise<void> {
    const part = `${this.incomplete}.part`;
    while (!existsSync(part) || readFileSync(part).length < bytes)
      await new Promise((resume) => setTimeout(resume, 5));
  }

  /** What was downloaded of the graph: `<path>`, or `<path> <range>`. */
  get graphDownloads(): string[] {
    return this.hub.downloads.filter((each) => each.startsWith(GRAPH));
  }

  /** What was told, of one kind. */
  tells(kind: ModelEvent['kind']): string {
    return JSON.stringify(this.events.filter((event) => event.kind === kind));
  }
}

export function graphOf({ directory }: PulledModel): Buffer {
  return readFileSync(join(directory, GRAPH));
}
