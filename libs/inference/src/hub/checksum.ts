import { createHash, type Hash } from 'node:crypto';

/**
 * What a hub says of a file's content: the SHA-256 of a large one (Git LFS), or the SHA-1 that Git knows a small one
 * by, of `blob <bytes>\0` and the content.
 */
export interface Digest {
  kind: 'sha256' | 'git-blob';
  /** Lower-case hexadecimal. */
  hex: string;
}

/** The SHA-256 of a content that comes in pieces, and whether it is the one that was promised. */
export class Checksum {
  readonly #sha256: Hash = createHash('sha256');
  readonly #blob: Hash | undefined;

  /** @param bytes the length of the whole, which Git's digest begins with */
  constructor(
    readonly bytes: number,
    private readonly promised: Digest | undefined,
  ) {
    if (promised?.kind === 'git-blob') this.#blob = createHash('sha1').update(`blob ${bytes}\0`);
  }

  update(piece: Uint8Array): void {
    this.#sha256.update(piece);
    this.#blob?.update(piece);
  }

  /** Ends it. @returns the SHA-256, and whether the content is as promised (true where nothing was) */
  end(): { sha256: string; isAsPromised: boolean } {
    const sha256 = this.#sha256.digest('hex');
    const found = this.#blob?.digest('hex') ?? sha256;
    return { sha256, isAsPromised: this.promised === undefined || found === this.promised.hex };
  }
}
