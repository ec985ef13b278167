/** Fails when what a browser must load before the first page shows is too much: `npm run build` ends with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const MOST_BYTES = 300 * 1024;
const web = join(import.meta.dirname, 'dist', 'web');
const manifest = JSON.parse(readFileSync(join(web, 'manifest.json'), 'utf8'));

/** The entry and the page at `/`, each with all that it imports at once. */
const first = ['index.html', 'src/pages/overview-page.tsx'];
const files = new Set(['index.html', 'favicon.svg']);
const take = (name) => {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`${name} is not in manifest.json: was the page at / renamed?`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const file of chunk.css ?? []) files.add(file);
  for (const imported of chunk.imports ?? []) take(imported);
};
first.forEach(take);

const sizes = [...files].map((file) => [file, gzipSync(readFileSync(join(web, file))).length]);
const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} kB`;
process.stdout.write(
  `first load: ${kilobytes(total)} gzip of at most ${kilobytes(MOST_BYTES)}, ${files.size} files\n`,
);
if (total > MOST_BYTES) {
  for (const [file, bytes] of sizes.sort(([, a], [, b]) => b - a))
    process.stderr.write(`  ${kilobytes(bytes).padStart(10)}  ${file}\n`);
  process.stderr.write('The first load is too large: load lazily what the first page does not show.\n');
  process.exitCode = 1;
}
