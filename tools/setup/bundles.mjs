import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './run.mjs';

const bundleBeside = (program) => program.replace(/\.js$/, '.bundle.mjs');

/** The program of an app in one file, as `npm start` runs it. */
export const bundleOf = (app) => bundleBeside(join(root, 'apps', app, 'dist', 'main.js'));

const below = (folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name));
const compiledPrograms = () =>
  [
    ...below('apps').map((app) => join(app, 'dist', 'main.js')),
    join(root, 'libs', 'testkit', 'dist', 'test-miner-program.js'),
  ].filter(existsSync);

const changedAt = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
/** The compiler touches a project's file of this name whenever it compiles it. */
const compiledAt = () =>
  Math.max(
    ...[...below('apps'), ...below('libs')].map((project) =>
      changedAt(join(project, 'dist', 'tsconfig.tsbuildinfo')),
    ),
  );

/** Our own files find others by their place in the repository: each goes on naming its own. */
const keepPlaces = (folder) => ({
  name: 'keep-places',
  transform: (code, id) =>
    id.startsWith(root) && !id.includes('node_modules') && code.includes('import.meta.url')
      ? code.replaceAll(
          'import.meta.url',
          `new URL(${JSON.stringify(relative(folder, id))}, import.meta.url).href`,
        )
      : null,
});

/** Packages that a program can do without, or that bring libraries of their own, are found when they are asked for. */
const nativePackages = [/^onnxruntime-node/, /^koffi/];

/** What a command needs is found when it is given: `--help` loads no engine, and the rest works where one cannot be loaded. */
const inPieces = join(root, 'apps', 'cli', 'dist', 'main.js');

const filesOf = (program) =>
  program === inPieces
    ? {
        dir: dirname(program),
        entryFileNames: '[name].bundle.mjs',
        chunkFileNames: '[name].piece.bundle.mjs',
      }
    : { file: bundleBeside(program), codeSplitting: false };

/**
 * Puts each compiled program and all it imports into one file beside it (the command line into a few), if something was
 * compiled since: Node reads one file instead of a thousand (docs/adr/0014-one-file-per-program.md).
 */
export const makeBundles = async () => {
  const since = compiledAt();
  const stale = compiledPrograms().filter((program) => changedAt(bundleBeside(program)) <= since);
  if (stale.length === 0) return;
  const { build } = await import('rolldown');
  for (const program of stale)
    await build({
      input: program,
      // What is put together was compiled before: no settings of the compiler are looked for.
      tsconfig: false,
      platform: 'node',
      external: nativePackages,
      plugins: [keepPlaces(dirname(program))],
      logLevel: 'silent',
      output: {
        ...filesOf(program),
        format: 'esm',
        keepNames: true,
      },
    });
};
