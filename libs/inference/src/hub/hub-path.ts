import { InferenceError } from '../inference-error.js';

const LONGEST_NAME = 255;
const LONGEST_PATH = 1024;

/**
 * A path that a hub gave, checked: relative, with forward slashes, and nowhere but inside.
 * @throws InferenceError DOWNLOAD_INVALID
 */
export function safePath(path: unknown): string {
  const isSafe =
    typeof path === 'string' &&
    path.length <= LONGEST_PATH &&
    // Control characters, and what other systems read as a separator, a drive or a stream.
    !/[\0-\x1f\x7f\\:]/.test(path) &&
    path.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && isShort(name));
  if (isSafe) return path;
  const shown = JSON.stringify(path)?.slice(0, 200);
  const problem = `the hub lists the file ${shown}, whose path is not safe to write: nothing was downloaded`;
  throw new InferenceError('DOWNLOAD_INVALID', problem, 'hub');
}

function isShort(name: string): boolean {
  return Buffer.byteLength(name) <= LONGEST_NAME;
}
