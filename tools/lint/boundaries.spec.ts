import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const use = (what: string): string => `import * as planted from '${what}';\nexport default planted;\n`;

const refused = [
  ['apps/router/src/planted.service.ts', '@ganglion/database', '@nx/enforce-module-boundaries'],
  ['apps/oracle/src/planted.store.ts', '@ganglion/database', '@nx/enforce-module-boundaries'],
  ['libs/contracts/src/planted.ts', '@ganglion/messaging', '@nx/enforce-module-boundaries'],
  ['libs/commitment/src/planted.ts', '@ganglion/contracts', '@nx/enforce-module-boundaries'],
  ['libs/runtime/src/planted.ts', '@ganglion/database', '@nx/enforce-module-boundaries'],
  ['libs/node/src/planted.ts', '@ganglion/inference', '@nx/enforce-module-boundaries'],
  ['apps/session/src/planted.service.ts', '@ganglion/testkit', '@nx/enforce-module-boundaries'],
  ['apps/session/src/planted.service.ts', '@ganglion/database/session', 'boundary/database-in-stores'],
  ['apps/session/src/planted.store.ts', './planted.service.js', 'boundary/rightwards'],
  ['apps/session/src/planted.service.ts', './planted.controller.js', 'boundary/rightwards'],
  ['apps/session/src/planted.ts', 'node:fs', 'boundary/pure'],
  ['apps/session/src/planted.ts', '@nats-io/jetstream', 'boundary/pure'],
  ['apps/miner/src/planted.service.ts', 'onnxruntime-node', 'boundary/onnx-in-inference'],
  ['libs/node/src/planted.ts', 'onnxruntime-node', 'boundary/onnx-in-inference'],
  ['apps/miner/src/planted.service.ts', 'koffi', 'boundary/onnx-in-inference'],
  ['apps/cli/src/planted.ts', '@ganglion/inference', 'boundary/inference-when-needed'],
  ['apps/cli/src/planted.ts', '@ganglion/node', '@nx/enforce-module-boundaries'],
  ['apps/dashboard/src/planted.tsx', '@ganglion/runtime', '@nx/enforce-module-boundaries'],
  ['apps/dashboard/src/planted.tsx', 'node:fs', 'boundary/pure'],
  ['bench/engine/src/planted.ts', 'onnxruntime-node', 'boundary/onnx-in-inference'],
] as const;

const allowed = [
  ['apps/session/src/planted.store.ts', '@ganglion/database/session'],
  ['apps/session/src/planted.service.ts', '@ganglion/messaging'],
  ['libs/messaging/src/planted.ts', '@ganglion/contracts'],
  ['libs/inference/src/planted.ts', 'onnxruntime-node'],
  ['apps/dashboard/src/planted.tsx', '@ganglion/sdk'],
  ['apps/session/src/planted.spec.ts', '@ganglion/testkit'],
] as const;

const others = [
  { path: 'apps/cli/src/planted.ts', code: "export const load = () => import('@ganglion/inference');\n" },
  { path: 'apps/session/src/planted.service.ts', code: 'export const port = process.env.PORT;\n' },
  { path: 'apps/session/src/planted.ts', code: 'export {};\n'.repeat(251) },
];

describe('the boundaries', () => {
  const said = new Map<string, string>();

  beforeAll(() => {
    const env = { ...process.env, NODE_OPTIONS: '', NX_DAEMON: 'false' };
    const node = (args: string[], input?: string): string =>
      execFileSync(process.execPath, args, { cwd: root, env, encoding: 'utf8', ...(input ? { input } : {}) });
    node(['node_modules/.bin/nx', 'graph', '--file=.nx/graph.json']);
    const plants = [...refused, ...allowed].map(([path, what]) => ({ path, code: use(what) })).concat(others);
    const answers = JSON.parse(node(['tools/lint/plant.mjs'], JSON.stringify(plants))) as string[];
    for (const [index, { path, code }] of plants.entries()) said.set(path + code, answers[index]!);
  }, 60_000);

  it.each(refused)('refuse that %s imports %s', (path, what, rule) => {
    expect(said.get(path + use(what))).toContain(rule);
  });

  it.each(allowed)('let %s import %s', (path, what) => {
    expect(said.get(path + use(what))).toBe('');
  });

  it('let the command line load inference when it is needed', () => {
    expect(said.get(others[0]!.path + others[0]!.code)).toBe('');
  });

  it('refuse the environment outside the config reader', () => {
    expect(said.get(others[1]!.path + others[1]!.code)).toContain('boundary/env-in-runtime');
  });

  it('refuse a file over 250 lines', () => {
    expect(said.get(others[2]!.path + others[2]!.code)).toContain('max-lines');
  });
});
