/** A model hub of the interface of Hugging Face on this machine, with the faults that hubs and networks have. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TINY } from './tiny-engine.js';

/** One answer to a download that goes wrong; the next one of the same file takes the next fault. */
export type Fault =
  | { kind: 'drop'; at: number }
  | { kind: 'truncate'; at: number }
  | { kind: 'stall'; at: number }
  | { kind: 'corrupt'; at: number }
  | { kind: 'longer'; by: number }
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  | { kind: 'wrong-range' }
  | { kind: 'other-version' }
  | { kind: 'none' };

export interface Seen {
  path: string;
  headers: IncomingMessage['headers'];
}

interface Repository {
  commit: string;
  files: Map<string, Buffer>;
}

export class FakeHub {
  address = '';
  readonly seen: Seen[] = [];
  /** By the file's path in its repository. */
  readonly faults = new Map<string, Fault[]>();
  /** Sent with every listing and revision instead of the truth, when set. */
  apiStatus: { status: number; headers?: Record<string, string> } | undefined;
  ignoresRange = false;
  givesEtag = true;
  filesPerPage = 1000;
  /** Downloads are redirected to it. */
  storage: FakeHub | undefined;
  /** Waited for before each download is answered. */
  gate: Promise<void> = Promise.resolve();
  /** Put into the list as they are. */
  extraEntries: unknown[] = [];
  readonly #repositories = new Map<string, Repository>();
  #server!: Server;

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub();
    hub.#server = createServer((request, response) => {
      void hub.#answer(request, response);
    });
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve));
    hub.address = `http://127.0.0.1:${(hub.#server.address() as AddressInfo).port}`;
    return hub;
  }

  /** Files by path; large ones (`.onnx` and their data) are in Git LFS, as on the real hub. @returns the commit */
  publish(repository: string, files: Record<string, Buffer | string>): string {
    const contents = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
    const hash = createHash('sha1');
    for (const [path, content] of contents) hash.update(path).update(content);
    const commit = hash.digest('hex');
    this.#repositories.set(repository, { commit, files: contents });
    return commit;
  }

  /** Downloads asked for, as `<path>` or `<path> <range>`. */
  get downloads(): string[] {
    return this.seen
      .filter(({ path }) => path.includes('/resolve/'))
      .map(({ path, headers }) =>
        [path.split(/\/resolve\/[^/]+\//)[1], headers.range].filter(Boolean).join(' '),
      );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.address);
    this.seen.push({ path: url.pathname, headers: request.headers });
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/(.+)$/.exec(url.pathname);
    const download = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
    if (api && this.apiStatus) return end(response, this.apiStatus.status, this.apiStatus.headers);
    const found = this.#repositories.get(api?.[1] ?? download?.[1] ?? '');
    if (!found) return end(response, 401, { 'x-error-code': 'RepoNotFound' });
    const revision = decodeURIComponent(api?.[3] ?? download![2]!);
    if (revision !== found.commit && revision !== 'main')
      return end(response, 404, { 'x-error-code': 'RevisionNotFound' });
    if (download) return this.#download(decodeURIComponent(download[3]!), found, { request, response });
    if (api![2] === 'revision') return json(response, { sha: found.commit });
    this.#list(found, url, response);
  }

  #list({ files }: Repository, url: URL, response: ServerResponse): void {
    const entries = [{ type: 'directory', path: 'onnx', oid: '0'.repeat(40) }, ...this.extraEntries];
    for (const [path, content] of files) {
      const isLarge = path.includes('.onnx');
      const lfs = { oid: sha('sha256', content), size: content.length, pointerSize: 134 };
      const oid = sha('sha1', `blob ${content.length}\0`, content);
      entries.push({ type: 'file', path, oid, size: content.length, ...(isLarge ? { lfs } : {}) });
    }
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const to = from + this.filesPerPage;
    if (to < entries.length) {
      url.searchParams.set('cursor', String(to));
      // As a mirror passes it on: the address of another host.
      response.setHeader('link', `<https://hub.example${url.pathname}${url.search}>; rel="next"`);
    }
    json(response, entries.slice(from, to));
  }

  async #download(
    path: string,
    { files }: Repository,
    { request, response }: { request: IncomingMessage; response: ServerResponse },
  ): Promise<void> {
    await this.gate;
    if (this.storage) return end(response, 302, { location: `${this.storage.address}${request.url!}` });
    const content = files.get(path);
    if (!content) return end(response, 404, { 'x-error-code': 'EntryNotFound' });
    const fault = this.faults.get(path)?.shift() ?? { kind: 'none' };
    if (fault.kind === 'status') return end(response, fault.status, fault.headers);
    const isOther = fault.kind === 'other-version';
    const etag = `"${sha('sha256', content)}${isOther ? '-2' : ''}"`;
    const ifRange = request.headers['if-range'];
    const isRanged = !this.ignoresRange && (isOther || ifRange === undefined || ifRange === etag);
    const start = (isRanged && Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1])) || 0;
    if (start > 0 && start >= content.length) return end(response, 416);
    const said = fault.kind === 'wrong-range' ? start + 1 : start;
    response.writeHead(start > 0 ? 206 : 200, {
      ...(this.givesEtag ? { etag } : {}),
      ...(start > 0 ? { 'content-range': `bytes ${said}-${content.length - 1}/${content.length}` } : {}),
      // With a length, a client would notice by itself that an answer is too short or too long.
      ...(fault.kind === 'none' ? { 'content-length': content.length - start } : {}),
    });
    send(response, content, start, fault);
  }
}

/** The bundled model's files, as a repository has them. */
export function tinyFiles(): Record<string, Buffer> {
  const names = readdirSync(TINY).filter((name) => name.endsWith('.json'));
  const paths = [...names, 'onnx/model_int8.onnx'];
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(TINY, path))]));
}

/** Enough of a model to be downloaded, with a graph of that many bytes which no engine would run. */
export function hollowFiles(bytes: number, quantisations = ['int8']): Record<string, Buffer> {
  const small = {
    'config.json': '{}',
    'tokenizer.json': '{"a":1}',
    'tokenizer_config.json': '{}',
    'README.md': '#',
  };
  const graphs = quantisations.map((name, at) => [
    name === 'fp32' ? 'onnx/model.onnx' : `onnx/model_${name}.onnx`,
    Buffer.alloc(bytes, `${name} weights ${at}`),
  ]);
  return {
    ...Object.fromEntries(Object.entries(small).map(([path, text]) => [path, Buffer.from(text)])),
    ...(Object.fromEntries(graphs) as Record<string, Buffer>),
  };
}

function send(response: ServerResponse, content: Buffer, start: number, fault: Fault): void {
  if (fault.kind === 'corrupt') {
    const changed = Buffer.from(content);
    changed[fault.at]! ^= 1;
    response.end(changed.subarray(start));
  } else if (fault.kind === 'longer') {
    response.end(Buffer.concat([content.subarray(start), Buffer.alloc(fault.by)]));
  } else if (fault.kind === 'drop' || fault.kind === 'truncate' || fault.kind === 'stall') {
    response.write(content.subarray(start, fault.at), () => {
      if (fault.kind === 'truncate') response.end();
      if (fault.kind === 'drop') response.destroy();
    });
  } else response.end(content.subarray(start));
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end('no');
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

function sha(algorithm: string, ...parts: (string | Buffer)[]): string {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
