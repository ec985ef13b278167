import { z } from 'zod';
import { InferenceError } from '../inference-error.js';
import type { Digest } from './checksum.js';
import { safePath } from './hub-path.js';
import { refusal } from './hub-refusal.js';
import { get, type HubAnswer } from './hub-request.js';
import { PATIENCE, persist, Retries, type Patience } from './patience.js';

export const HUGGING_FACE = 'https://huggingface.co';

export interface HubOptions {
  /** Another host of the same layout, with any path before it; Hugging Face unless given. */
  address?: string | undefined;
  /** Goes to that host alone, and there only over HTTPS or on this machine. */
  token?: string | undefined;
  patience?: Partial<Patience> | undefined;
  signal?: AbortSignal | undefined;
  /** A try failed, and another one follows. */
  onRetry?: ((problem: string, delayMs: number) => void) | undefined;
}

export interface HubFile {
  path: string;
  bytes: number;
  /** Where the hub gives one. */
  digest?: Digest;
}

const LONGEST_LIST_BYTES = 16 * 2 ** 20;
const MOST_PAGES = 200;
const MOST_FILES = 100_000;

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const revisionAnswer = z.object({ sha: hex(40) });
const size = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const listAnswer = z.array(
  z.object({
    type: z.string(),
    path: z.unknown(),
    size: size.optional(),
    oid: z.string().optional(),
    lfs: z.object({ oid: hex(64), size }).nullish(),
  }),
);

/** Asks a model hub with the interface of Hugging Face. */
export class HubClient {
  readonly address: string;
  readonly patience: Patience;
  /** Nobody on the way reads what is sent. */
  readonly isTrusted: boolean;
  readonly #base: URL;
  readonly #token: string | undefined;

  /** @throws InferenceError REFERENCE_INVALID for an address that is none */
  constructor(private readonly options: HubOptions = {}) {
    const address = options.address ?? HUGGING_FACE;
    const base = URL.canParse(address) ? new URL(address) : undefined;
    if (!base || !/^https?:$/.test(base.protocol)) {
      const problem = `the model hub's address "${address}" is none; it looks like ${HUGGING_FACE}`;
      throw new InferenceError('REFERENCE_INVALID', problem, 'GANGLION_MODEL_MIRROR');
    }
    base.pathname = base.pathname.replace(/\/*$/, '/');
    this.#base = base;
    this.address = base.href.replace(/\/$/, '');
    this.patience = { ...PATIENCE, ...options.patience };
    this.isTrusted = base.protocol === 'https:' || /^(localhost|127\.[\d.]+|\[::1\])$/.test(base.hostname);
    this.#token = (this.isTrusted && options.token?.trim()) || undefined;
  }

  /** The same hub, asked in another way. */
  with(options: HubOptions): HubClient {
    return new HubClient({ ...this.options, ...options });
  }

  /** The commit that a branch or tag stands at. @throws InferenceError HUB_UNREACHABLE, HUB_REFUSED, MODEL_NOT_FOUND */
  async commitOf(repository: string, revision: string): Promise<string> {
    const url = this.#url('api/models/', ...repository.split('/'), 'revision', revision);
    const { content } = await this.#json(url, { repository, revision }, revisionAnswer);
    return content.sha;
  }

  /**
   * Every file of a commit, with sizes.
   * @throws InferenceError as {@link commitOf}; DOWNLOAD_INVALID for a list that nobody should follow
   */
  async filesOf(repository: string, commit: string): Promise<HubFile[]> {
    const files: HubFile[] = [];
    let next: URL | undefined = this.#url('api/models/', ...repository.split('/'), 'tree', commit);
    next.search = 'recursive=true';
    for (let page = 0; next; page++) {
      const { content, link }: Page = await this.#json(next, { repository, revision: commit }, listAnswer);
      for (const entry of content) if (entry.type === 'file') files.push(fileOf(entry));
      if (page >= MOST_PAGES || files.length > MOST_FILES)
        throw this.#invalid(`lists more than ${MOST_FILES} files`);
      next = this.#nextPage(next, link);
    }
    return files;
  }

  /** A small file whole. @throws InferenceError as {@link commitOf} */
  async read(repository: string, commit: string, file: HubFile): Promise<Buffer> {
    const asked = { repository, revision: commit, path: file.path };
    return this.#persistently(async () => {
      const answer = await this.open(asked);
      if (answer.status !== 200) throw await refusal(answer, asked);
      return answer.bytes(file.bytes);
    });
  }

  /** Starts a download; the answer may be of any status. @throws Passing */
  open(asked: { repository: string; revision: string; path: string }, range = {}): Promise<HubAnswer> {
    const { repository, revision, path } = asked;
    const url = this.#url('', ...repository.split('/'), 'resolve', revision, ...path.split('/'));
    return this.#get(url, range);
  }

  /** @param names encoded one by one: a revision may have slashes */
  #url(prefix: string, ...names: string[]): URL {
    const path = names.map((name) => encodeURIComponent(name)).join('/');
    return new URL(`${prefix}${path}`, this.#base);
  }

  #get(url: URL, headers: Record<string, string> = {}): Promise<HubAnswer> {
    const { signal } = this.options;
    return get({ url, token: this.#token, headers, patience: this.patience, signal });
  }

  #persistently<T>(attempt: () => Promise<T>): Promise<T> {
    return persist(new Retries(this.patience, this.options.signal, this.options.onRetry), attempt);
  }

  #json<T>(
    url: URL,
    asked: { repository: string; revision: string },
    schema: z.ZodType<T>,
  ): Promise<{ content: T; link: string | undefined }> {
    return this.#persistently(async () => {
      const answer = await this.#get(url);
      if (answer.status !== 200) throw await refusal(answer, asked);
      const text = (await answer.bytes(LONGEST_LIST_BYTES)).toString();
      const parsed = schema.safeParse(parseJson(text));
      if (!parsed.success) throw this.#invalid('does not answer as a model hub does: is it one?');
      return { content: parsed.data, link: answer.header('link') };
    });
  }

  /** Only the query is taken: a mirror may pass on the address of the hub behind it, and nobody is sent elsewhere. */
  #nextPage(current: URL, link: string | undefined): URL | undefined {
    const address = link && /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(link)?.[1];
    if (!address || !URL.canParse(address, current.href)) return undefined;
    const next = new URL(current);
    next.search = new URL(address, current).search;
    return next;
  }

  #invalid(problem: string): InferenceError {
    return new InferenceError('DOWNLOAD_INVALID', `${this.address} ${problem}`, 'hub');
  }
}

interface Page {
  content: z.infer<typeof listAnswer>;
  link: string | undefined;
}

function fileOf({ path, size: bytes = 0, oid, lfs }: Page['content'][number]): HubFile {
  const file = { path: safePath(path), bytes: lfs?.size ?? bytes };
  if (lfs) return { ...file, digest: { kind: 'sha256', hex: lfs.oid } };
  return oid && /^[0-9a-f]{40}$/.test(oid) ? { ...file, digest: { kind: 'git-blob', hex: oid } } : file;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
