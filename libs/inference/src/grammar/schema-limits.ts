import { GrammarRefusal } from './grammar-refusal.js';
import { LARGEST, type Bounds } from './json-numbers.js';
import { at, type SchemaObject } from './schema-keywords.js';

/** The deepest that a schema may be nested, as JSON. */
const DEEPEST_SCHEMA = 100;
const MOST_CHARACTERS = 65_536;

/**
 * Reads the text of a schema.
 * @throws GrammarRefusal when it is no JSON, too long or too deep
 */
export function readSchema(text: string): unknown {
  if (text.length > MOST_CHARACTERS) {
    throw new GrammarRefusal(
      '',
      `has ${text.length} characters, and ${MOST_CHARACTERS} is the most: make it smaller`,
    );
  }
  try {
    const schema: unknown = JSON.parse(text);
    checkDepth(schema, DEEPEST_SCHEMA);
    return schema;
  } catch (cause) {
    if (cause instanceof GrammarRefusal) throw cause;
    throw new GrammarRefusal('', `is no JSON: ${(cause as Error).message}`);
  }
}

function checkDepth(value: unknown, left: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (left === 0) {
    throw new GrammarRefusal('', `is nested more than ${DEEPEST_SCHEMA} deep: use $ref`);
  }
  for (const inner of Object.values(value)) checkDepth(inner, left - 1);
}

/** The range of an integer. @throws GrammarRefusal when it is empty */
export function integerBounds(schema: SchemaObject, path: string): Bounds {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = boundsGiven(schema, path);
  const low = Math.max(-LARGEST, Math.ceil(minimum), Math.floor(exclusiveMinimum) + 1);
  const high = Math.min(LARGEST, Math.floor(maximum), Math.ceil(exclusiveMaximum) - 1);
  if (low <= high) return { low, high };
  throw new GrammarRefusal(path, 'allows no integer of at most 15 digits: widen minimum and maximum');
}

/** The range of a number, whose ends must be integers. @throws GrammarRefusal */
export function numberBounds(schema: SchemaObject, path: string): Bounds {
  for (const key of ['exclusiveMinimum', 'exclusiveMaximum']) {
    if (schema[key] === undefined) continue;
    throw new GrammarRefusal(at(path, key), 'is supported for integers only: use minimum or maximum');
  }
  const { minimum, maximum } = boundsGiven(schema, path);
  for (const [key, bound] of Object.entries({ minimum, maximum })) {
    if (Number.isInteger(bound) || Math.abs(bound) === Infinity) continue;
    throw new GrammarRefusal(at(path, key), 'must be an integer; other bounds of a number are not supported');
  }
  const [low, high] = [Math.max(-LARGEST, minimum), Math.min(LARGEST, maximum)];
  if (low <= high) return { low, high };
  throw new GrammarRefusal(path, 'allows no number of at most 15 digits: widen minimum and maximum');
}

type BoundName = 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum';

function boundsGiven(schema: SchemaObject, path: string): Record<BoundName, number> {
  const bounds = {
    minimum: -Infinity,
    maximum: Infinity,
    exclusiveMinimum: -Infinity,
    exclusiveMaximum: Infinity,
  };
  for (const key of Object.keys(bounds) as BoundName[]) {
    const value = schema[key];
    if (value === undefined) continue;
    if (typeof value !== 'number') throw new GrammarRefusal(at(path, key), 'must be a number');
    bounds[key] = value;
  }
  return bounds;
}
