import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A directory for a spec's model files, removed at the end of its scope. */
export class ModelFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'model-'));

  /** @returns the name, for the call that reads it */
  put(name: string, content: Uint8Array | string): string {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    writeFileSync(join(this.path, name), content);
    return name;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
