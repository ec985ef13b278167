import { GrammarRefusal } from './grammar-refusal.js';
import { integers, numbers } from './json-numbers.js';
import { countedString } from './json-strings.js';
import { JsonValues } from './json-values.js';
import { literals } from './literals.js';
import { patternString } from './pattern.js';
import { type Program, ProgramBuilder } from './program.js';
import {
  at,
  countOf,
  type Deciding,
  decidingKeyword,
  isObject,
  isOfType,
  restricts,
  type SchemaObject,
  type TypeName,
  typesOf,
} from './schema-keywords.js';
import { integerBounds, numberBounds, readSchema } from './schema-limits.js';
import { arrayShape, objectShape } from './schema-shapes.js';
import { STRING_FORMATS } from './string-formats.js';

const MOST_ALTERNATIVES = 256;

/** @throws GrammarRefusal */
export function compileSchema(text: string): Program {
  return new SchemaCompiler(readSchema(text)).compile();
}

/** Any JSON object. */
export function compileJsonObject(): Program {
  const program = new ProgramBuilder();
  return finish(program, new JsonValues(program).object);
}

/** A document may begin with one space: many vocabularies have the first bracket only with one. */
function finish(program: ProgramBuilder, root: number): Program {
  const start = program.declare('');
  const document = program.enter(root);
  program.define(start, program.choose(document, program.literal(' ', document)));
  return program.finish(start);
}

/** One rule for each schema within a schema; those that wait are in a list, so that no depth is too deep. */
class SchemaCompiler {
  readonly #root: unknown;
  readonly #program = new ProgramBuilder();
  readonly #values = new JsonValues(this.#program);
  readonly #rules = new Map<object, number>();
  readonly #waiting: { schema: SchemaObject; path: string; rule: number }[] = [];

  constructor(root: unknown) {
    this.#root = root;
  }

  compile(): Program {
    const root = this.#ruleOf(this.#root, '');
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#program.path = next.path;
      this.#program.define(next.rule, this.#entry(next.schema, next.path));
    }
    return finish(this.#program, root);
  }

  #ruleOf(schema: unknown, path: string): number {
    if (schema === true) return this.#values.any;
    if (schema === false) throw new GrammarRefusal(path, 'allows nothing: leave it out');
    if (!isObject(schema)) throw new GrammarRefusal(path, 'must be a schema: an object, or true');
    const known = this.#rules.get(schema);
    if (known !== undefined) return known;
    const rule = this.#program.declare(path);
    this.#rules.set(schema, rule);
    this.#waiting.push({ schema, path, rule });
    return rule;
  }

  #entry(schema: SchemaObject, path: string): number {
    const deciding = decidingKeyword(schema, path);
    const entries = deciding
      ? this.#decided(deciding, schema, path)
      : distinct(typesOf(schema, path)).flatMap((type) => this.#ofType(type, schema, path));
    if (schema['nullable'] === true) entries.push(this.#program.literal('null', this.#program.end));
    if (entries.length > 0) return this.#program.choose(...entries);
    throw new GrammarRefusal(path, 'allows nothing: check its types and limits');
  }

  #decided(keyword: Deciding, schema: SchemaObject, path: string): number[] {
    const [program, place, value] = [this.#program, at(path, keyword), schema[keyword]];
    if (keyword === '$ref') return [program.enter(this.#ruleOf(this.#target(value, place), place))];
    if (keyword === 'const') return this.#literals([value], schema, path);
    if (!Array.isArray(value) || value.length === 0) {
      throw new GrammarRefusal(place, 'must be a list of one or more');
    }
    if (keyword === 'enum') return this.#literals(value, schema, path);
    if (keyword === 'allOf' && value.length > 1) {
      throw new GrammarRefusal(place, 'is supported with one schema only: merge them into one');
    }
    if (value.length > MOST_ALTERNATIVES) {
      throw new GrammarRefusal(place, `has more than ${MOST_ALTERNATIVES} schemas: use fewer`);
    }
    return value.map((one: unknown, index) => program.enter(this.#ruleOf(one, at(place, index))));
  }

  #literals(values: readonly unknown[], schema: SchemaObject, path: string): number[] {
    const types = schema['type'] === undefined ? undefined : typesOf({ type: schema['type'] }, path);
    const texts = values
      .filter((value) => types === undefined || isOfType(value, types))
      .map((value) => JSON.stringify(value));
    return texts.length === 0 ? [] : [literals(this.#program, texts, this.#program.end)];
  }

  #target(reference: unknown, place: string): unknown {
    if (reference === '#') return this.#root;
    const [, group, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(String(reference)) ?? [];
    const definitions = group !== undefined && isObject(this.#root) ? this.#root[group] : undefined;
    const key = name?.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isObject(definitions) && key !== undefined && Object.hasOwn(definitions, key))
      return definitions[key];
    throw new GrammarRefusal(place, "must be #, or #/$defs/… or #/definitions/… of the schema's own");
  }

  #ofType(type: TypeName, schema: SchemaObject, path: string): number[] {
    const program = this.#program;
    if (!restricts(schema, type) && (type === 'object' || type === 'array' || type === 'number')) {
      return [program.enter(this.#values[type])];
    }
    switch (type) {
      case 'object':
        return [
          this.#container(path, this.#values.containers.object(objectShape(schema, path, this.#inner))),
        ];
      case 'array': {
        const entry = this.#values.containers.array(arrayShape(schema, path, this.#inner));
        if (entry === undefined)
          throw new GrammarRefusal(path, 'allows no array: check minItems and maxItems');
        return [this.#container(path, entry)];
      }
      case 'string':
        return [this.#string(schema, path)];
      case 'number':
        return numbers(program, numberBounds(schema, path), program.end);
      case 'integer':
        return integers(program, integerBounds(schema, path), program.end);
      case 'boolean':
        return ['true', 'false'].map((word) => program.literal(word, program.end));
      case 'null':
        return [program.literal('null', program.end)];
    }
  }

  readonly #inner = (schema: unknown, path: string): number => this.#ruleOf(schema, path);

  #container(path: string, entry: number): number {
    const rule = this.#program.declare(path, true);
    this.#program.define(rule, entry);
    return this.#program.enter(rule);
  }

  #string(schema: SchemaObject, path: string): number {
    const program = this.#program;
    const { pattern, format } = schema;
    const least = countOf(schema, 'minLength', path);
    const most = countOf(schema, 'maxLength', path);
    const isCounted = least !== undefined || most !== undefined;
    const given = [pattern, format, isCounted || undefined].filter((one) => one !== undefined);
    if (given.length > 1) {
      const place = at(path, pattern === undefined ? 'format' : 'pattern');
      throw new GrammarRefusal(place, 'is not supported beside other limits of a string: use one of them');
    }
    if (typeof pattern === 'string') return patternString(program, pattern, at(path, 'pattern'));
    if (pattern !== undefined) throw new GrammarRefusal(at(path, 'pattern'), 'must be a string');
    if (format !== undefined) return this.#format(format, at(path, 'format'));
    if (!isCounted) return program.enter(this.#values.string);
    const limits = { least: least ?? 0, most: most ?? Infinity };
    if (limits.least <= limits.most) return countedString(program, this.#values.character, limits);
    throw new GrammarRefusal(path, 'allows no string: check minLength and maxLength');
  }

  #format(format: unknown, place: string): number {
    const known = typeof format === 'string' && Object.hasOwn(STRING_FORMATS, format);
    if (known) return patternString(this.#program, STRING_FORMATS[format]!, place);
    const names = Object.keys(STRING_FORMATS).join(', ');
    throw new GrammarRefusal(place, `is not supported; those that are: ${names}`);
  }
}

/** Integers are among the numbers. */
function distinct(types: readonly TypeName[]): readonly TypeName[] {
  return types.includes('number') ? types.filter((type) => type !== 'integer') : types;
}
