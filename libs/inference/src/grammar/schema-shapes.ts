import { GrammarRefusal } from './grammar-refusal.js';
import type { ArrayShape, ObjectShape } from './json-containers.js';
import { at, countOf, isObject, type SchemaObject } from './schema-keywords.js';

/** Gives the rule of a schema that is somewhere inside. */
export type RuleOf = (schema: unknown, path: string) => number;

const LONGEST_NAME = 256;
const MOST_PROPERTIES = 500;

/** What the keywords of objects say. Without `additionalProperties` no others are written than those declared. */
export function objectShape(schema: SchemaObject, path: string, ruleOf: RuleOf): ObjectShape {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (!isObject(properties)) throw new GrammarRefusal(at(path, 'properties'), 'must be an object');
  if (Object.keys(properties).length > MOST_PROPERTIES) {
    throw new GrammarRefusal(at(path, 'properties'), `has more than ${MOST_PROPERTIES} names: use fewer`);
  }
  const names = requiredNames(required, properties, path);
  const members = Object.entries(properties).map(([name, value]) => {
    const place = at(at(path, 'properties'), name);
    if (name.length > LONGEST_NAME) {
      throw new GrammarRefusal(at(path, 'properties'), `has a name of more than ${LONGEST_NAME} characters`);
    }
    return { name, isRequired: names.has(name), value: ruleOf(value, place) };
  });
  const isFree = schema['properties'] === undefined && additionalProperties === undefined;
  const others = isFree ? true : (additionalProperties ?? false);
  if (others === false) return { members };
  return { members, others: ruleOf(others, at(path, 'additionalProperties')) };
}

function requiredNames(required: unknown, properties: SchemaObject, path: string): Set<string> {
  const isList = Array.isArray(required) && required.every((name) => typeof name === 'string');
  if (!isList) throw new GrammarRefusal(at(path, 'required'), 'must be a list of names');
  const missing = required.findIndex((name) => !Object.hasOwn(properties, name as string));
  if (missing >= 0) {
    const place = at(at(path, 'required'), missing);
    throw new GrammarRefusal(place, 'is not among the properties: declare it there');
  }
  return new Set(required as string[]);
}

/** What the keywords of arrays say. After `prefixItems` nothing follows without `items`. */
export function arrayShape(schema: SchemaObject, path: string, ruleOf: RuleOf): ArrayShape {
  const { prefixItems, items } = schema;
  if (prefixItems !== undefined && !Array.isArray(prefixItems)) {
    throw new GrammarRefusal(at(path, 'prefixItems'), 'must be a list of schemas');
  }
  if (Array.isArray(items)) {
    throw new GrammarRefusal(at(path, 'items'), 'must be one schema: use prefixItems for a list');
  }
  const least = countOf(schema, 'minItems', path) ?? 0;
  const most = countOf(schema, 'maxItems', path) ?? Infinity;
  const first = ((prefixItems as unknown[] | undefined) ?? [])
    .slice(0, most)
    .map((item, index) => ruleOf(item, at(at(path, 'prefixItems'), index)));
  const further = items ?? prefixItems === undefined;
  if (further === false) return { first, least, most };
  return { first, rest: ruleOf(further, at(path, 'items')), least, most };
}
