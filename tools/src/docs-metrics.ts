import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Metric {
  readonly name: string;
  readonly kind: string;
  readonly labels: string;
  readonly help: string;
}

/** `.counter('name', 'help', ['label'])`, and the same with `{ labels: [...] }`, however it is broken into lines. */
const DECLARATION =
  /\.(counter|gauge|histogram)\(\s*'(\w+)',\s*(?:'([^']*)'|"([^"]*)")(?:,\s*(?:\{\s*labels(?::\s*(\[[^\]]*\]))?|(\[[^\]]*\]|\w+)))?/g;

/** Every metric that the code declares, as a page for operators. */
export const generateMetrics = async (root: string): Promise<string> => {
  const sections: string[] = [];
  for (const folder of ['libs', 'apps'])
    for (const name of (await readdir(join(root, folder))).sort()) {
      const own = await declared(join(root, folder, name, 'src'));
      if (own.length === 0) continue;
      sections.push(
        '',
        folder === 'libs' ? `## Every service (libs/${name})` : `## ${name}`,
        '',
        ...table(own),
      );
    }
  return [
    '<!-- Written by `npm run docs` from the code; do not edit. -->',
    '',
    '# Metrics',
    '',
    'What every process tells on `/metrics` (see [operations](operations.md#watching-it)), in the format of Prometheus.',
    ...sections,
    '',
  ].join('\n');
};

const table = (metrics: readonly Metric[]): string[] => [
  '| metric | kind | labels | meaning |',
  '| --- | --- | --- | --- |',
  ...metrics.map(({ name, kind, labels, help }) => `| \`${name}\` | ${kind} | ${labels} | ${help} |`),
];

const declared = async (source: string): Promise<Metric[]> => {
  const files = await readdir(source, { recursive: true }).catch(() => []);
  const metrics = new Map<string, Metric>();
  for (const file of files
    .filter((name) => /\.ts$/.test(name) && !/\.(spec|fixture)\.ts$/.test(name))
    .sort()) {
    const text = await readFile(join(source, file), 'utf8');
    for (const [, kind, name, single, double, inOptions, direct] of text.matchAll(DECLARATION)) {
      const labels = labelsIn(inOptions ?? direct ?? '', text);
      metrics.set(name!, { name: name!, kind: kind!, labels, help: single ?? double ?? '' });
    }
  }
  return [...metrics.values()].sort((a, b) => a.name.localeCompare(b.name));
};

/** The names in `['a', 'b']`, or in the constant of that name. */
const labelsIn = (labels: string, text: string): string => {
  const list = labels.startsWith('[') ? labels : (/const labels = (\[[^\]]*\])/.exec(text)?.[1] ?? '');
  return [...list.matchAll(/'(\w+)'/g)].map(([, label]) => `\`${label}\``).join(', ');
};
