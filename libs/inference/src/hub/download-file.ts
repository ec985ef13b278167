import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { InferenceError } from '../inference-error.js';
import { Checksum } from './checksum.js';
import type { HubClient, HubFile } from './hub-client.js';
import { refusal } from './hub-refusal.js';
import type { HubAnswer } from './hub-request.js';
import { PartFile } from './part-file.js';
import { Passing, Retries, throwIfCancelled } from './patience.js';

export interface Download {
  client: HubClient;
  repository: string;
  commit: string;
  file: HubFile;
  /** Where the whole file goes. */
  target: string;
  /** Bytes that are there now; fewer than before when a server made it begin again. */
  onBytes: (bytes: number) => void;
  onRetry: (problem: string, delayMs: number) => void;
  signal: AbortSignal;
}

/** A connection that brought this much was worth trying; failures before it do not count any more. */
const PROGRESS_BYTES = 2 ** 20;
const MOST_CORRUPTIONS = 2;

/**
 * Downloads one file, going on where an earlier try (of any process) stopped, and checks its content.
 * @returns its SHA-256
 * @throws InferenceError HUB_UNREACHABLE, HUB_REFUSED, MODEL_NOT_FOUND, CANCELLED, or DOWNLOAD_INVALID
 *   when it came with another content or length than listed, twice
 */
export async function downloadFile(download: Download): Promise<string> {
  const { target, file, client, signal, onBytes } = download;
  const kept = await checkKept(target, file);
  if (kept !== undefined) {
    onBytes(file.bytes);
    return kept;
  }
  const retries = new Retries(client.patience, signal, download.onRetry);
  for (let corruptions = 0; ;) {
    const problem = await receiveWhole(download, retries);
    if (typeof problem !== 'string') return problem.sha256;
    onBytes(0);
    if (++corruptions < MOST_CORRUPTIONS) continue;
    throw new InferenceError(
      'DOWNLOAD_INVALID',
      `${file.path} of ${download.repository} ${problem}, ${corruptions} times: it was thrown away; something between here and ${client.address} changes it, or the hub is not to be trusted`,
      file.path,
    );
  }
}

/** @returns what is wrong with what came, which is thrown away, or the SHA-256 of a good one */
async function receiveWhole(download: Download, retries: Retries): Promise<string | { sha256: string }> {
  const part = await PartFile.open(download.target, download.file);
  let isOpen = true;
  try {
    download.onBytes(part.received);
    // Further than ever, or else a server that makes us begin again each time would never be given up.
    let furthest = part.received;
    while (!part.isWhole) {
      throwIfCancelled(download.signal);
      const tooLong = await receive(part, download).catch(async (error: unknown) => {
        if (part.received - furthest >= PROGRESS_BYTES) {
          furthest = part.received;
          retries.succeeded();
        }
        await retries.wait(error);
      });
      if (tooLong !== undefined) {
        await part.restart(undefined);
        return tooLong;
      }
    }
    isOpen = false;
    const sha256 = await part.finish();
    return sha256 === undefined ? 'came with another content than the hub lists' : { sha256 };
  } finally {
    if (isOpen) await part.close();
  }
}

/**
 * One connection. @returns a problem when more came than was listed
 * @throws Passing when it ended before the file did
 */
async function receive(part: PartFile, download: Download): Promise<string | undefined> {
  const { client, repository, commit, file, onBytes } = download;
  const asked = { repository, revision: commit, path: file.path };
  const answer = await client.open(asked, rangeHeaders(part, file));
  if (answer.status === 416) {
    answer.discard();
    await part.restart(undefined);
    throw new Passing(`the hub does not continue ${file.path}: beginning again`);
  }
  if (answer.status !== 200 && answer.status !== 206) throw await refusal(answer, asked);
  if (answer.header('content-encoding') && answer.header('content-encoding') !== 'identity') {
    answer.discard();
    throw new Passing(`the hub sends ${file.path} compressed, which was not asked for`);
  }
  if (answer.status === 200) await part.restart(answer.header('etag'));
  else await checkContinuation(part, answer, file);
  onBytes(part.received);
  for await (const piece of answer.pieces()) {
    if (part.received + piece.length > file.bytes) {
      const problem = `is longer than the ${file.bytes} bytes that the hub lists`;
      return problem;
    }
    await part.append(piece);
    onBytes(part.received);
  }
  if (!part.isWhole) throw new Passing(`${file.path} ended after ${part.received} of ${file.bytes} bytes`);
  return undefined;
}

/** Asks for the rest only of what can be told to be of one piece: by its version, or by its content in the end. */
function rangeHeaders(part: PartFile, file: HubFile): Record<string, string> {
  if (part.received === 0 || (part.etag === undefined && file.digest === undefined)) return {};
  const range = { range: `bytes=${part.received}-` };
  return part.etag === undefined ? range : { ...range, 'if-range': part.etag };
}

/** @throws Passing after throwing away the part, when what follows does not belong to it */
async function checkContinuation(part: PartFile, answer: HubAnswer, file: HubFile): Promise<void> {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(answer.header('content-range') ?? '');
  const isNext = range !== null && Number(range[1]) === part.received;
  const isOfFile = range?.[3] === '*' || Number(range?.[3]) === file.bytes;
  const etag = answer.header('etag');
  const isSame = part.etag === undefined || etag === undefined || etag === part.etag;
  if (isNext && isOfFile && isSame) return;
  answer.discard();
  await part.restart(undefined);
  throw new Passing(`the hub continues another version of ${file.path}: beginning again`);
}

/** A file that an earlier run finished: its SHA-256 if it is still good. Otherwise it is thrown away. */
async function checkKept(target: string, file: HubFile): Promise<string | undefined> {
  const found = await stat(target).catch(() => undefined);
  if (!found) return undefined;
  if (found.isFile() && found.size === file.bytes) {
    const checksum = new Checksum(file.bytes, file.digest);
    for await (const piece of createReadStream(target) as AsyncIterable<Buffer>) checksum.update(piece);
    const { sha256, isAsPromised } = checksum.end();
    if (isAsPromised) return sha256;
  }
  await rm(target, { recursive: true, force: true });
  return undefined;
}
