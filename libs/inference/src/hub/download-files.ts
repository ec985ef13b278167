import { join } from 'node:path';
import type { Choice } from './choose-files.js';
import { downloadFile } from './download-file.js';
import type { HubClient } from './hub-client.js';
import type { ModelEvent } from './model-event.js';
import { throwIfCancelled } from './patience.js';
import { ProgressMeter } from './progress.js';

const AT_ONCE = 4;
const REPORT_MS = 200;

export interface Download {
  client: HubClient;
  repository: string;
  commit: string;
  choice: Choice;
  /** Where the files go, under their own paths. */
  folder: string;
}

/**
 * Downloads several files, a few at once; the first failure stops the others, which go on from there next time.
 * @returns size and SHA-256 of each
 * @throws InferenceError as downloadFile
 */
export async function downloadFiles(
  { client, repository, commit, choice, folder }: Download,
  { signal, onEvent }: { signal?: AbortSignal | undefined; onEvent: (event: ModelEvent) => void },
): Promise<{ path: string; bytes: number; sha256: string }[]> {
  const { files, graph } = choice;
  const { quantisation } = graph;
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const meter = new ProgressMeter(files);
  const report = (): void => onEvent({ kind: 'progress', progress: meter.at(performance.now()) });
  const stop = new AbortController();
  const onCancel = (): void => stop.abort();
  throwIfCancelled(signal);
  signal?.addEventListener('abort', onCancel, { once: true });

  const stoppable = client.with({ signal: stop.signal });
  onEvent({ kind: 'started', repository, commit, quantisation, files: files.length, totalBytes });
  const reporting = setInterval(report, REPORT_MS);
  // The largest first: it takes longest, whatever else is done meanwhile.
  const waiting = [...files].sort((a, b) => b.bytes - a.bytes);
  const hashes = new Map<string, string>();
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file && !stop.signal.aborted; file = waiting.shift()) {
      const { path } = file;
      const sha256 = await downloadFile({
        client: stoppable,
        repository,
        commit,
        file,
        target: join(folder, path),
        onBytes: (bytes) => meter.set(path, bytes, performance.now()),
        onRetry: (problem, delayMs) => onEvent({ kind: 'retry', problem, delayMs }),
        signal: stop.signal,
      });
      hashes.set(path, sha256);
    }
  };
  try {
    const workers = Array.from({ length: AT_ONCE }, () =>
      work().catch((error: unknown) => {
        stop.abort();
        throw error;
      }),
    );
    const failed = (await Promise.allSettled(workers)).filter((each) => each.status === 'rejected');
    throwIfCancelled(signal);
    if (failed.length > 0) throw rootOf(failed.map(({ reason }) => reason as Error & { code?: string }));
  } finally {
    clearInterval(reporting);
    signal?.removeEventListener('abort', onCancel);
    report();
  }
  return files.map(({ path, bytes }) => ({ path, bytes, sha256: hashes.get(path)! }));
}

/** The others were only cancelled because of it. */
function rootOf(errors: readonly (Error & { code?: string })[]): Error {
  return errors.find((error) => error.code !== 'CANCELLED') ?? errors[0]!;
}
