import { readdir, readFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateLifecycles } from './docs-lifecycles.js';
import { generateMetrics } from './docs-metrics.js';
import { generateReadmes } from './docs-readmes.js';
import { generateSubjects } from './docs-subjects.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const isCheck = process.argv.includes('--check');

if (process.argv.includes('--help')) {
  process.stdout.write(
    'Writes docs/subjects.md, docs/metrics.md, docs/lifecycles/*.mmd and the middle of every app’s README from the code.\n' +
      '--check writes nothing and fails when one of them is not current.\n',
  );
  process.exit(0);
}

const apps = await readdir(join(root, 'apps'));
const wanted = new Map<string, string>([
  ['docs/subjects.md', generateSubjects()],
  ['docs/metrics.md', await generateMetrics(root)],
  ...(await generateLifecycles(root, apps)),
  ...(await generateReadmes(root)),
]);

const stale: string[] = [];
for (const [path, text] of wanted) {
  const current = await readFile(join(root, path), 'utf8').catch(() => undefined);
  if (current === text) continue;
  stale.push(path);
  if (isCheck) continue;
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

if (isCheck && stale.length > 0) {
  process.stderr.write(
    `These documents are not current; run \`npm run docs\`:\n${stale.map((path) => `  ${path}\n`).join('')}`,
  );
  process.exit(1);
}
process.stdout.write(
  isCheck
    ? `${wanted.size} generated documents are current\n`
    : `${stale.length} of ${wanted.size} documents written\n`,
);
