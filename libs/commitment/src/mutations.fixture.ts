type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A document with one thing changed, and where. */
export interface Mutation {
  field: string;
  what: string;
  document: unknown;
}

type Change = [what: string, value: Json | undefined];

/**
 * Every document that differs from `document` in one place: each character of each string (or, with `some`, its first,
 * middle and last), each number by one, each member left out, each element doubled or swapped with its neighbour.
 */
export function* mutations(document: unknown, spots: 'every' | 'some'): Generator<Mutation> {
  yield* walk(document as Json, [], (path, value) => replaceAt(document as Json, path, value), spots);
}

type Replace = (path: readonly string[], value: Json | undefined) => Json;

function* walk(value: Json, path: string[], replace: Replace, spots: 'every' | 'some'): Generator<Mutation> {
  for (const [what, changed] of changes(value, spots)) {
    yield { field: path.join('.'), what, document: replace(path, changed) };
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) {
    yield { field: [...path, key].join('.'), what: 'left out', document: replace([...path, key], undefined) };
    yield* walk(child, [...path, key], replace, spots);
  }
}

function changes(value: Json, spots: 'every' | 'some'): Change[] {
  if (typeof value === 'string') return stringChanges(value, spots);
  if (typeof value === 'number')
    return [value + 1, value - 1, -value - 1].map((other) => [String(other), other]);
  if (Array.isArray(value)) return arrayChanges(value);
  if (value === null) return [['stop', 'stop']];
  return typeof value === 'object' ? [['one more member', { ...value, extra: 1 }]] : [['negated', !value]];
}

function stringChanges(text: string, spots: 'every' | 'some'): Change[] {
  const all = [...text].map((_, index) => index);
  const places =
    spots === 'every' ? all : [...new Set([0, all.length >> 1, all.length - 1])].filter((i) => i >= 0);
  const flips = places.map((index): Change => {
    const characters = [...text];
    characters[index] = characters[index] === '0' ? '1' : '0';
    return [`character ${index}`, characters.join('')];
  });
  return [...flips, ['one more character', `${text}0`]];
}

function arrayChanges(values: Json[]): Change[] {
  return values.flatMap((value, index): Change[] => {
    const doubled: Change = [`element ${index} doubled`, values.toSpliced(index, 0, value)];
    const next = values[index + 1];
    if (next === undefined || JSON.stringify(next) === JSON.stringify(value)) return [doubled];
    return [doubled, [`elements ${index} and ${index + 1} swapped`, values.toSpliced(index, 2, next, value)]];
  });
}

function replaceAt(root: Json, path: readonly string[], value: Json | undefined): Json {
  if (path.length === 0) return value as Json;
  const copy = structuredClone(root);
  const parent = path.slice(0, -1).reduce((node, key) => (node as Record<string, Json>)[key]!, copy);
  const key = path.at(-1)!;
  if (value !== undefined) (parent as Record<string, Json>)[key] = value;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete (parent as Record<string, Json>)[key];
  return copy;
}
