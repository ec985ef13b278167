/** JSON Schema as far as our own schemas use it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | false;
  readonly prefixItems?: readonly JsonSchema[];
  readonly maxItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/** What a field shall hold if its schema takes it: by its dotted path, or by its name wherever it stands. */
export type Facts = Readonly<Record<string, unknown>>;

/** Well-formed values of nobody and nothing. */
export const strangers = {
  uuid: '01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77',
  nodeId: `U${'A'.repeat(55)}`,
  hash: 'ab'.repeat(32),
  signature: 'cd'.repeat(64),
} as const;

/** One of these fits every kind of text in the contracts; a new kind of text must be added here. */
const texts = (): string[] => {
  const now = new Date().toISOString();
  return ['word', '1', now, now.slice(0, 10), ...Object.values(strangers)];
};

const numbers = [1, 0, 0.5, 10, 60, 100];

/** A value that a schema takes, with every optional field there. @throws Error naming a field that no known value fits */
export const exampleOf = (schema: JsonSchema, facts: Facts = {}, path = ''): unknown => {
  for (const key of [path, path.split('.').at(-1) ?? ''])
    if (key in facts && fits(schema, facts[key])) return facts[key];
  const [alternative] = (schema.anyOf ?? schema.oneOf ?? []).filter(({ type }) => type !== 'null');
  if (alternative) return exampleOf(alternative, facts, path);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  switch (typesOf(schema).find((type) => type !== 'null')) {
    case 'object':
      return objectOf(schema, facts, path);
    case 'array':
      return arrayOf(schema, facts, path);
    case 'string':
      return firstFitting(schema, texts(), path);
    case 'number':
    case 'integer':
      return firstFitting(schema, numbers, path);
    case 'boolean':
      return false;
    default:
      return {};
  }
};

const typesOf = ({ type }: JsonSchema): readonly string[] => (type === undefined ? [] : [type].flat());

const within = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const objectOf = (schema: JsonSchema, facts: Facts, path: string): Record<string, unknown> => {
  const named = Object.entries(schema.properties ?? {});
  const { additionalProperties: others } = schema;
  if (typeof others === 'object' && Object.keys(others).length > 0) named.push(['word', others]);
  return Object.fromEntries(named.map(([key, inner]) => [key, exampleOf(inner, facts, within(path, key))]));
};

const arrayOf = (schema: JsonSchema, facts: Facts, path: string): unknown[] => {
  const items = schema.prefixItems ?? (schema.items ? [schema.items] : []);
  return items.map((item, index) => exampleOf(item, facts, within(path, String(index))));
};

const firstFitting = <T>(schema: JsonSchema, candidates: readonly T[], path: string): T => {
  const found = candidates.find((candidate) => fits(schema, candidate));
  if (found !== undefined) return found;
  throw new Error(`${path}: no known value fits ${JSON.stringify(schema)}; add one to the examples`);
};

/** Does a plain value (no object, no list) satisfy a schema? */
const fits = (schema: JsonSchema, value: unknown): boolean => {
  if (schema.anyOf || schema.oneOf)
    return (schema.anyOf ?? schema.oneOf ?? []).some((inner) => fits(inner, value));
  if (schema.const !== undefined) return schema.const === value;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (value === null) return typesOf(schema).includes('null');
  if (typeof value === 'string') return typesOf(schema).includes('string') && fitsText(schema, value);
  if (typeof value === 'number') return fitsNumber(schema, value);
  return typesOf(schema).includes(typeof value);
};

const fitsText = (
  { pattern, minLength = 0, maxLength = Infinity, allOf = [] }: JsonSchema,
  value: string,
): boolean =>
  value.length >= minLength &&
  value.length <= maxLength &&
  (pattern === undefined || new RegExp(pattern, 'u').test(value)) &&
  allOf.every((inner) => fitsText(inner, value));

const fitsNumber = (schema: JsonSchema, value: number): boolean => {
  const types = typesOf(schema);
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity } = schema;
  return (
    (types.includes('number') || (types.includes('integer') && Number.isInteger(value))) &&
    value >= minimum &&
    value <= maximum &&
    value > exclusiveMinimum
  );
};
