import { GrammarRefusal } from './grammar-refusal.js';

export type SchemaObject = Readonly<Record<string, unknown>>;

/** Keywords that restrict nothing. */
const ANNOTATIONS = new Set([
  '$comment',
  '$defs',
  '$id',
  '$schema',
  'default',
  'definitions',
  'deprecated',
  'description',
  'example',
  'examples',
  'readOnly',
  'title',
  'writeOnly',
]);

const TYPE_NAMES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type TypeName = (typeof TYPE_NAMES)[number];

/** The keywords of each type. */
const OF_TYPE: Readonly<Record<string, readonly TypeName[]>> = {
  properties: ['object'],
  required: ['object'],
  additionalProperties: ['object'],
  items: ['array'],
  prefixItems: ['array'],
  minItems: ['array'],
  maxItems: ['array'],
  minLength: ['string'],
  maxLength: ['string'],
  pattern: ['string'],
  format: ['string'],
  minimum: ['number', 'integer'],
  maximum: ['number', 'integer'],
  exclusiveMinimum: ['number', 'integer'],
  exclusiveMaximum: ['number', 'integer'],
};

/** Keywords that decide alone, and those that may stand beside each. */
const ALONE: Readonly<Record<string, readonly string[]>> = {
  $ref: ['nullable'],
  allOf: ['nullable'],
  anyOf: ['nullable'],
  oneOf: ['nullable'],
  const: ['type', 'nullable'],
  enum: ['type', 'nullable'],
};

export type Deciding = '$ref' | 'allOf' | 'anyOf' | 'oneOf' | 'const' | 'enum';

export function at(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`;
}

/**
 * The keyword that decides about a schema alone, if there is one.
 * @throws GrammarRefusal for a keyword that is not supported, or not beside the others
 */
export function decidingKeyword(schema: SchemaObject, path: string): Deciding | undefined {
  const keywords = Object.keys(schema).filter((key) => !ANNOTATIONS.has(key) && !key.startsWith('x-'));
  const unknown = keywords.find(
    (key) =>
      !Object.hasOwn(OF_TYPE, key) && !Object.hasOwn(ALONE, key) && !['type', 'nullable'].includes(key),
  );
  if (unknown !== undefined) {
    throw new GrammarRefusal(at(path, unknown), 'is not supported: leave it out');
  }
  const deciding = keywords.find((key) => Object.hasOwn(ALONE, key));
  if (deciding === undefined) return undefined;
  const other = keywords.find((key) => key !== deciding && !ALONE[deciding]!.includes(key));
  if (other !== undefined) {
    throw new GrammarRefusal(at(path, other), `is not supported beside ${deciding}: use one of them`);
  }
  return deciding as Deciding;
}

/**
 * The types that a schema allows; without `type` those that its keywords speak of, or all.
 * @throws GrammarRefusal
 */
export function typesOf(schema: SchemaObject, path: string): readonly TypeName[] {
  const { type } = schema;
  if (type === undefined) {
    const spoken = TYPE_NAMES.filter((name) => restricts(schema, name));
    return spoken.length === 0 ? TYPE_NAMES : spoken;
  }
  const names = Array.isArray(type) ? (type as unknown[]) : [type];
  const isKnown = names.length > 0 && names.every((name) => TYPE_NAMES.includes(name as TypeName));
  if (!isKnown) throw new GrammarRefusal(at(path, 'type'), `must be one or more of ${TYPE_NAMES.join(', ')}`);
  return TYPE_NAMES.filter((name) => names.includes(name));
}

/** Does a schema restrict the values of a type? */
export function restricts(schema: SchemaObject, type: TypeName): boolean {
  return Object.keys(schema).some((key) => Object.hasOwn(OF_TYPE, key) && OF_TYPE[key]!.includes(type));
}

/** Is a value of `const` or `enum` of one of the types? */
export function isOfType(value: unknown, types: readonly TypeName[]): boolean {
  if (value === null) return types.includes('null');
  if (Array.isArray(value)) return types.includes('array');
  if (typeof value === 'number') {
    return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
  }
  return types.includes(typeof value as TypeName);
}

/** A count such as minItems. @throws GrammarRefusal */
export function countOf(schema: SchemaObject, key: string, path: string): number | undefined {
  const value = schema[key];
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new GrammarRefusal(at(path, key), 'must be an integer of at least 0');
}

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
