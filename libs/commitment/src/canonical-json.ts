import { sha256 } from '@noble/hashes/sha2.js';
import { writeHex } from './hex.js';
import { isWellFormed, utf8 } from './utf8.js';

/** Deeper values are refused with an error of ours rather than by an exhausted stack. */
const MAX_DEPTH = 256;

/**
 * RFC 8785 (JSON Canonicalization Scheme): no white space, keys sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them. `-0` becomes `0`.
 * @throws TypeError naming the place when `value` is not JSON: undefined, a function, a bigint, a non-finite number, a
 * lone surrogate, an object with `toJSON`, or nesting beyond 256 levels (a cycle, too).
 */
export function canonicalJson(value: unknown): string {
  return write(value, []);
}

/** SHA-256 of the UTF-8 of `canonicalJson(value)`, in hex. Throws as `canonicalJson` does. */
export function digestJson(value: unknown): string {
  return writeHex(sha256(utf8(canonicalJson(value))));
}

type Path = (string | number)[];

function write(value: unknown, path: Path): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw notJson(path, `is ${value}, and JSON has only finite numbers`);
      return JSON.stringify(value);
    case 'string':
      return quote(value, path);
    case 'object':
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
    default:
      throw notJson(path, `is ${typeof value}, which JSON cannot hold; leave it out`);
  }
}

function writeArray(values: readonly unknown[], path: Path): string {
  const parts: string[] = [];
  // By index: `map` would skip the holes of a sparse array instead of refusing them.
  for (let index = 0; index < values.length; index++) parts.push(writeChild(values[index], index, path));
  return `[${parts.join(',')}]`;
}

function writeObject(value: object, path: Path): string {
  if (!isPlain(value)) throw notJson(path, 'is not a plain object; convert it to JSON data first');
  const record = value as Record<string, unknown>;
  const parts = Object.keys(record)
    .sort()
    .map((key) => `${quote(key, path)}:${writeChild(record[key], key, path)}`);
  return `{${parts.join(',')}}`;
}

/** By tag and not by prototype: objects of another realm (a worker, a frame, a vm context) are plain as well. */
function isPlain(value: object): boolean {
  const converts = typeof (value as { toJSON?: unknown }).toJSON === 'function';
  return !converts && Object.prototype.toString.call(value) === '[object Object]';
}

function writeChild(value: unknown, key: string | number, path: Path): string {
  if (path.length >= MAX_DEPTH) throw notJson(path, `is nested deeper than ${MAX_DEPTH} levels`);
  path.push(key);
  const text = write(value, path);
  path.pop();
  return text;
}

function quote(text: string, path: Path): string {
  if (!isWellFormed(text)) throw notJson(path, 'holds a lone surrogate, which UTF-8 cannot carry');
  return JSON.stringify(text);
}

function notJson(path: Path, what: string): TypeError {
  const shown = path.length > 16 ? [...path.slice(0, 16), '…'] : path;
  return new TypeError(`${shown.length === 0 ? 'the value' : shown.join('.')} ${what}`);
}
