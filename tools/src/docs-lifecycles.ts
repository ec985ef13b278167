import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Drawn {
  readonly name: string;
  toMermaid(): string;
}

const isLifecycle = (value: unknown): value is Drawn =>
  typeof value === 'object' && value !== null && 'toMermaid' in value && 'name' in value;

/** Each lifecycle of the built apps, as the Mermaid diagram it draws of itself. */
export const generateLifecycles = async (root: string, apps: string[]): Promise<[string, string][]> => {
  const drawn: [string, string][] = [];
  for (const app of apps) {
    const dist = join(root, 'apps', app, 'dist');
    const files = await readdir(dist).catch(() => []);
    for (const file of files.filter((name) => name.endsWith('.lifecycle.js'))) {
      const exported = (await import(pathToFileURL(join(dist, file)).href)) as Record<string, unknown>;
      for (const value of Object.values(exported).filter(isLifecycle))
        drawn.push([`docs/lifecycles/${value.name}.mmd`, value.toMermaid()]);
    }
  }
  return drawn;
};
