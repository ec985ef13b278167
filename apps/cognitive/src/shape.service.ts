import { randomInt } from 'node:crypto';
import { Fault, sessionQueue, type TaskShape } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { drawShape } from './shape-draw.js';

const QUEUE_TIMEOUT_MS = 1_000;
/** Shapes of so many tasks are drawn from, */
const RECENT = 500;
/** and asked for this often. */
const FRESH_MS = 60_000;

/** What tests look like: as users' tasks of late. */
@Injectable()
export class ShapeService {
  readonly #recent = new Map<string, { shapes: TaskShape[]; until: number }>();

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** A shape for a test of nodes with this model. @param contextLength null: its prompt will be another one */
  async draw({
    modelDigest,
    contextLength,
  }: {
    modelDigest: string;
    contextLength: number | null;
  }): Promise<TaskShape> {
    const fits = { contextLength: contextLength ?? Infinity };
    return drawShape(await this.recent(modelDigest), fits, (below) => randomInt(below));
  }

  private async recent(modelDigest: string): Promise<TaskShape[]> {
    const known = this.#recent.get(modelDigest);
    if (known && known.until > this.clock.ms()) return known.shapes;
    const shapes = await this.ask(modelDigest, known?.shapes ?? []);
    this.#recent.set(modelDigest, { shapes, until: this.clock.ms() + FRESH_MS });
    return shapes;
  }

  /** Those known before when the queue cannot be asked now, or is of a version that does not know. */
  private async ask(modelDigest: string, before: TaskShape[]): Promise<TaskShape[]> {
    try {
      const input = { modelDigest, limit: RECENT };
      return (await this.bus.request(sessionQueue.shapes, input, { timeoutMs: QUEUE_TIMEOUT_MS })).shapes;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return before;
    }
  }
}
