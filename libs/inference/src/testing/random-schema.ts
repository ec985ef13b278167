import { randomFrom } from './random.js';

type Below = (limit: number) => number;
type Schema = Record<string, unknown>;

const NAMES = ['a', 'ab', 'name', 'größe', 'first "quoted"', 'x y', '1', 'tag'];
const PATTERNS = ['^[a-f]{2,5}$', '^\\d{3}(-\\d{2})?$', '^(red|green|"blue")$', '^[^a-z\\s]{1,4}$'];
const VALUES = ['', 'one', 'on', 'über', '"', 0, -3.5, 17, true, null, [1, 'x'], { k: [null] }];

/** A schema of which every document is short: a model at any temperature comes to its end. */
export function randomSchema(seed: number): Schema {
  const below = randomFrom(seed);
  const schema = anySchema(below, 3);
  return below(4) === 0 ? recursive(schema, below) : schema;
}

/** A list that holds lists of itself, and other things. */
function recursive(schema: Schema, below: Below): Schema {
  const list = { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 1 + below(2) };
  return { $defs: { leaf: schema, tree: { anyOf: [{ $ref: '#/$defs/leaf' }, list] } }, $ref: '#/$defs/tree' };
}

function anySchema(below: Below, depth: number): Schema {
  const kinds: ((below: Below, depth: number) => Schema)[] = [text, whole, decimal, literal, several];
  if (depth > 0) kinds.push(object, list, object, list, either);
  return kinds[below(kinds.length)]!(below, depth);
}

function text(below: Below): Schema {
  if (below(3) === 0) return { type: 'string', pattern: PATTERNS[below(PATTERNS.length)] };
  if (below(4) === 0) return { type: 'string', format: ['date', 'uuid', 'ipv4'][below(3)] };
  const minLength = below(4);
  return { type: 'string', minLength, maxLength: minLength + below(8) };
}

function whole(below: Below): Schema {
  const minimum = below(300) - 150;
  return below(3) === 0 ? { type: 'integer' } : { type: 'integer', minimum, maximum: minimum + below(2_000) };
}

function decimal(below: Below): Schema {
  const minimum = below(30) - 15;
  return below(2) === 0 ? { type: 'number' } : { type: 'number', minimum, maximum: minimum + below(40) };
}

function literal(below: Below): Schema {
  const pick = (): unknown => VALUES[below(VALUES.length)];
  return below(3) === 0 ? { const: pick() } : { enum: [...new Set([pick(), pick(), pick()])] };
}

function several(below: Below): Schema {
  return { type: [['boolean'], ['null', 'integer'], ['boolean', 'null']][below(3)] };
}

function object(below: Below, depth: number): Schema {
  const names = NAMES.filter(() => below(3) === 0);
  const required = names.filter(() => below(2) === 0);
  const properties = Object.fromEntries(names.map((name) => [name, anySchema(below, depth - 1)]));
  return { type: 'object', properties, required, additionalProperties: false };
}

function list(below: Below, depth: number): Schema {
  const minItems = below(3);
  const items = anySchema(below, depth - 1);
  const prefixItems = below(3) === 0 ? { prefixItems: [anySchema(below, depth - 1)] } : {};
  return { type: 'array', items, ...prefixItems, minItems, maxItems: minItems + below(3) };
}

function either(below: Below, depth: number): Schema {
  return { anyOf: [anySchema(below, depth - 1), anySchema(below, depth - 1)] };
}
