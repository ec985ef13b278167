import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Checksum } from './checksum.js';
import type { HubFile } from './hub-client.js';

/**
 * A download that is not whole yet: `<target>.part`, and beside it `<target>.part.etag` with the server's name for the
 * version it is of. Both outlive the process.
 */
export class PartFile {
  #received = 0;
  #checksum: Checksum;
  #etag: string | undefined;

  private constructor(
    private readonly handle: FileHandle,
    private readonly target: string,
    private readonly file: HubFile,
  ) {
    this.#checksum = new Checksum(file.bytes, file.digest);
  }

  /** Opens what an earlier try left, or an empty one. */
  static async open(target: string, file: HubFile): Promise<PartFile> {
    await mkdir(dirname(target), { recursive: true });
    // A link in its place would have the download write elsewhere.
    const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
    const handle = await open(`${target}.part`, flags, 0o644);
    const part = new PartFile(handle, target, file);
    try {
      await part.#readOn();
    } catch (error) {
      await handle.close();
      throw error;
    }
    return part;
  }

  /** Bytes on the disk. */
  get received(): number {
    return this.#received;
  }

  get isWhole(): boolean {
    return this.#received === this.file.bytes;
  }

  /** The version that the bytes are of, when the server named it in a way that can be relied on. */
  get etag(): string | undefined {
    return this.#etag;
  }

  /** Throws away what there is, and begins with this version. */
  async restart(etag: string | undefined): Promise<void> {
    await this.handle.truncate(0);
    this.#received = 0;
    this.#checksum = new Checksum(this.file.bytes, this.file.digest);
    // A weak one does not say that the bytes are the same.
    this.#etag = etag?.startsWith('"') ? etag : undefined;
    const path = `${this.target}.part.etag`;
    if (this.#etag === undefined) await rm(path, { force: true });
    else await writeFile(path, this.#etag);
  }

  async append(piece: Uint8Array): Promise<void> {
    let written = 0;
    while (written < piece.length) {
      const at = this.#received + written;
      written += (await this.handle.write(piece, written, piece.length - written, at)).bytesWritten;
    }
    this.#checksum.update(piece);
    this.#received += piece.length;
  }

  /**
   * Closes a whole file and gives it its name, if it holds what was promised; otherwise throws it away.
   * @returns its SHA-256, or undefined when the content is another one
   */
  async finish(): Promise<string | undefined> {
    const { sha256, isAsPromised } = this.#checksum.end();
    if (!isAsPromised) {
      await this.handle.close();
      await rm(`${this.target}.part`, { force: true });
    } else {
      await this.handle.sync();
      await this.handle.close();
      await rename(`${this.target}.part`, this.target);
    }
    await rm(`${this.target}.part.etag`, { force: true });
    return isAsPromised ? sha256 : undefined;
  }

  /** Leaves it for a later try. */
  async close(): Promise<void> {
    await this.handle.close();
  }

  async #readOn(): Promise<void> {
    const { size } = await this.handle.stat();
    if (size > this.file.bytes) return this.restart(undefined);
    const reading = this.handle.createReadStream({ start: 0, autoClose: false });
    for await (const piece of reading as AsyncIterable<Buffer>) {
      this.#checksum.update(piece);
      this.#received += piece.length;
    }
    this.#etag = await readFile(`${this.target}.part.etag`, 'utf8').catch(() => undefined);
  }
}
