import { realpath, stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import { invalidFile } from '../model/json-file.js';
import { LIMITS } from './limits.js';

interface DataFile {
  /** Relative to the model's directory, with forward slashes. */
  path: string;
  bytes: number;
}

/**
 * Finds the files that hold a graph's external data, and refuses those that a hostile graph would read from elsewhere.
 * @param directory the model's
 * @param graph the .onnx file, relative to it; locations are relative to its folder
 * @param locations as the graph names them
 * @throws InferenceError MODEL_INVALID, its field the graph that names a wrong location or the data file that is missing
 */
export async function findDataFiles(
  directory: string,
  graph: string,
  locations: ReadonlySet<string>,
): Promise<Map<string, DataFile>> {
  if (locations.size > LIMITS.dataFiles) {
    throw invalidFile(graph, `names ${locations.size} files of external data, above ${LIMITS.dataFiles}`);
  }
  const root = await realpath(directory);
  const found = new Map<string, DataFile>();
  for (const location of locations) {
    const path = pathOf(graph, location);
    const full = await realpath(join(root, path)).catch(() => {
      throw invalidFile(path, `is missing, though ${graph} keeps weights in it: download it too`);
    });
    if (!full.startsWith(root + sep)) {
      throw invalidFile(
        graph,
        `keeps weights in ${path}, a link that leads out of the model's directory: copy the file itself there`,
      );
    }
    const status = await stat(full);
    if (!status.isFile()) throw invalidFile(path, `is no file, though ${graph} keeps weights in it`);
    found.set(location, { path, bytes: status.size });
  }
  return found;
}

function pathOf(graph: string, location: string): string {
  const isOutside = location.split('/').includes('..') || location.startsWith('/');
  // With asterisks ONNX Runtime marks what it keeps in memory: such a location would be read as an address.
  if (isOutside || /[\\*]|^[A-Za-z]:/.test(location)) {
    throw invalidFile(
      graph,
      `keeps weights in ${JSON.stringify(location)}: only files at and below its own folder may be named`,
    );
  }
  return posix.join(posix.dirname(graph), location);
}
