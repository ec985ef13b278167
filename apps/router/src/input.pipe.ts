import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { parseInput } from './input.js';

/**
 * Parses one part of a request: `@Body(new InputPipe(schema, 'the body')) body: …`. The routes' description shows the
 * same schema, so a route cannot take anything else than it says.
 */
export class InputPipe<T extends z.ZodType> implements PipeTransform<unknown, z.infer<T>> {
  /** @param prepare what happens to the value before it is parsed */
  constructor(
    readonly schema: T,
    private readonly what: string,
    private readonly prepare: (value: unknown) => unknown = (value) => value,
  ) {}

  /** @throws Fault INVALID naming the field and the remedy. */
  transform(value: unknown): z.infer<T> {
    return parseInput(this.schema, this.prepare(value), this.what);
  }
}
