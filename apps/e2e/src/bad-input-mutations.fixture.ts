import type { Chance } from './bad-input-random.fixture.js';

/** One message and what is wrong with it, if anything: some mutations leave a message that is valid all the same. */
export interface Mutation {
  readonly what: string;
  readonly data: Uint8Array;
}

type Path = readonly (string | number)[];

const deep = (open: string, close: string): string => `${open.repeat(10_000)}1${close.repeat(10_000)}`;

/** Values put in the place of any field, as JSON text: some of them JavaScript cannot even write. */
export const wrongValues: Readonly<Record<string, string>> = {
  null: 'null',
  true: 'true',
  zero: '0',
  one: '1',
  negative: '-1',
  fraction: '0.5',
  'beyond 32 bits': '4294967296',
  'beyond 53 bits': '9007199254740993',
  huge: '1e308',
  infinite: '1e999',
  'the text NaN': '"NaN"',
  'a number as text': '"1"',
  'empty text': '""',
  blank: '"   "',
  'a word': '"word"',
  'a lone surrogate': String.raw`"a\ud800b"`,
  'U+0000': String.raw`"a\u0000b"`,
  'a line break': String.raw`"a\r\nb"`,
  'a wildcard': '"*.>"',
  SQL: `"'; DROP TABLE \\"Task\\"; --"`,
  'a very long text': JSON.stringify('long '.repeat(20_000)),
  'an empty list': '[]',
  'a list of null': '[null]',
  'a long list': JSON.stringify(Array.from({ length: 5_000 }, () => 1)),
  'an empty object': '{}',
  'an object': '{"word":{"word":[1]}}',
  'an object with __proto__': '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}',
  'lists, 10,000 deep': deep('[', ']'),
  'objects, 10,000 deep': deep('{"a":', '}'),
};

const unknownFields: Readonly<Record<string, string>> = {
  'an unknown field': '"unknown":1',
  'the field __proto__': '"__proto__":{"isAdmin":true}',
  'the field constructor': '"constructor":{"prototype":{"isAdmin":true}}',
  'a field with a very long name': `${JSON.stringify('name '.repeat(20_000))}:1`,
  'an empty name': '"":1',
  'a name that is no text': String.raw`"\ud800\u0000":1`,
  'many unknown fields': Array.from({ length: 2_000 }, (_, index) => `"field${index}":1`).join(','),
};

/** Every field of an example in turn: replaced by each wrong value, left out, and joined by unknown ones. */
export const systematicMutations = (example: unknown): Mutation[] => {
  const found: Mutation[] = [];
  for (const path of pathsOf(example)) {
    for (const [name, text] of Object.entries(wrongValues))
      found.push(mutation(`${nameOf(path)}: ${name}`, example, [[path, text]]));
    if (path.length > 0)
      found.push({ what: `${nameOf(path)}: missing`, data: utf8(withoutField(example, path)) });
    if (isRecord(valueAt(example, path)))
      for (const [name, text] of Object.entries(unknownFields))
        found.push({ what: `${nameOf(path)}: ${name}`, data: utf8(withField(example, path, text)) });
  }
  return found;
};

/** Two or three fields wrong at once. */
export const randomMutation = (example: unknown, chance: Chance): Mutation => {
  const paths = pathsOf(example);
  const chosen = chance.sample(paths, 1 + chance.below(3));
  const changes = chosen.map((path) => {
    const [name, text] = chance.pick(Object.entries(wrongValues));
    return { path, name, text };
  });
  return mutation(
    changes.map(({ path, name }) => `${nameOf(path)}: ${name}`).join(', '),
    example,
    changes.map(({ path, text }) => [path, text]),
  );
};

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

const nameOf = (path: Path): string => (path.length === 0 ? 'the whole' : path.join('.'));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The paths of a value and of everything in it. */
const pathsOf = (value: unknown, at: Path = []): Path[] => {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const key = (name: string): string | number => (Array.isArray(value) ? Number(name) : name);
  return [at, ...inner.flatMap(([name, child]) => pathsOf(child, [...at, key(name)]))];
};

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);

const MARK = 'mark:';

/** The JSON of an example with texts in the places of some values: written by a mark that the text then replaces. */
const mutation = (
  what: string,
  example: unknown,
  changes: readonly (readonly [Path, string])[],
): Mutation => {
  let root = structuredClone(example);
  // The longest path first: a change further out may take the inner place away.
  const ordered = [...changes].sort(([a], [b]) => b.length - a.length);
  ordered.forEach(([path], index) => {
    if (path.length === 0) root = `${MARK}${index}`;
    else
      (valueAt(root, path.slice(0, -1)) as Record<string | number, unknown>)[path.at(-1)!] =
        `${MARK}${index}`;
  });
  const text = ordered.reduce(
    (json, [, replacement], index) => json.replace(`"${MARK}${index}"`, () => replacement),
    JSON.stringify(root),
  );
  return { what, data: utf8(text) };
};

const withoutField = (example: unknown, path: Path): string => {
  const root = structuredClone(example);
  const parent = valueAt(root, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
  else delete (parent as Record<string, unknown>)[String(path.at(-1))];
  return JSON.stringify(root);
};

const withField = (example: unknown, path: Path, field: string): string => {
  const root = structuredClone(example);
  (valueAt(root, path) as Record<string, unknown>)[MARK] = 0;
  return JSON.stringify(root).replace(`"${MARK}":0`, () => field);
};
