import { digestJson } from './canonical-json.js';
import { readHex } from './hex.js';
import { requireInteger } from './integer.js';

/** One file of a model: its path relative to the model's directory, its size and its SHA-256 in hex. */
export interface ManifestFile {
  path: string;
  bytes: number;
  sha256: string;
}

/**
 * The digest that names a model: SHA-256 of the RFC 8785 JSON of `[{path, bytes, sha256}]`, sorted by path in UTF-16
 * code units. Which files belong to it is decided by whoever reads the model: the ONNX files in use with their data
 * files, `config.json`, `generation_config.json`, `tokenizer.json`, `tokenizer_config.json`.
 * @throws RangeError for an empty or doubled path, a size that is not a whole number of bytes, or a malformed hash.
 */
export function manifestDigest(files: readonly ManifestFile[]): string {
  const entries = files.map(({ path, bytes, sha256 }) => {
    if (path === '') throw new RangeError('path of a manifest file must not be empty');
    requireInteger(bytes, `bytes of ${path}`, 0, Number.MAX_SAFE_INTEGER);
    readHex(sha256, 32, `sha256 of ${path}`);
    return { path, bytes, sha256 };
  });
  entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const doubled = entries.find((entry, index) => entry.path === entries[index + 1]?.path);
  if (doubled) throw new RangeError(`path ${doubled.path} is listed twice in the manifest`);
  return digestJson(entries);
}
