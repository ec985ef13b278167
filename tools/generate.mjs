#!/usr/bin/env node
/**
 * Generates the Prisma client of every module (`prisma/<module>/schema.prisma` → `libs/database/src/generated/<module>`), and
 * that of the module `trial`, on which the library's own specs work.
 * Needs no network: the schema engine, which Prisma would download, takes no part in generation. A module whose schema and
 * Prisma version are unchanged since the last run is skipped; `--force` generates all.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamps = join(root, 'node_modules', '.cache', 'ganglion-prisma');
const force = process.argv.includes('--force');

const folders = [join(root, 'prisma'), join(root, 'libs', 'database', 'fixture')];
const schemas = new Map(
  folders
    .filter((folder) => existsSync(folder)) // a production image has no fixture
    .flatMap((folder) => readdirSync(folder).map((module) => [module, join(folder, module, 'schema.prisma')]))
    .filter(([, schema]) => existsSync(schema)),
);
const schemaOf = (module) => schemas.get(module);
const outputOf = (module) => join(root, 'libs', 'database', 'src', 'generated', module);
const stampOf = (module) => join(stamps, module);

const prismaVersion = JSON.parse(
  readFileSync(join(root, 'node_modules', 'prisma', 'package.json'), 'utf8'),
).version;

/** The hash of all that the generated client depends on. */
function fingerprint(module) {
  return createHash('sha256')
    .update(prismaVersion)
    .update('\0')
    .update(readFileSync(schemaOf(module)))
    .digest('hex');
}

function isCurrent(module) {
  if (force || !existsSync(join(outputOf(module), 'client.ts')) || !existsSync(stampOf(module))) return false;
  return readFileSync(stampOf(module), 'utf8') === fingerprint(module);
}

/** Runs `prisma generate` for one module; resolves with its output, rejects with it when it fails. */
function generate(module) {
  const before = fingerprint(module);
  const cli = join(root, 'node_modules', 'prisma', 'build', 'index.js');
  const env = {
    ...process.env,
    // Prisma downloads its schema engine even where it is not needed; any executable stops that.
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, 'generate', '--no-hints', '--schema', schemaOf(module)], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0)
        return reject(new Error(`prisma generate failed for ${module} (exit ${code}):\n${output}`));
      mkdirSync(stamps, { recursive: true });
      writeFileSync(stampOf(module), before);
      resolve();
    });
  });
}

const modules = [...schemas.keys()];
const stale = modules.filter((module) => !isCurrent(module));
const results = await Promise.allSettled(
  stale.map((module) => {
    // Interrupted, it must not be taken for done.
    rmSync(stampOf(module), { force: true });
    return generate(module);
  }),
);
const failures = results.filter(({ status }) => status === 'rejected');
for (const { reason } of failures) console.error(reason.message);
if (failures.length > 0) process.exit(1);
console.log(
  stale.length === 0
    ? `prisma clients: ${modules.length} up to date`
    : `prisma clients: generated ${stale.join(', ')}`,
);
