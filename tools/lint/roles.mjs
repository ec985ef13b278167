/**
 * The boundaries inside an app, by file name: `main → module → controller → service → store`, arrows only
 * rightwards; the database only in stores, lifecycles and modules; everything else is pure. Each rule's message
 * starts with its name.
 */
const restrict = (files, patterns, ignores = []) => ({
  files,
  ignores: ['**/*.spec.ts', '**/*.fixture.ts', ...ignores],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const leftwards = (roles) => ({
  regex: `\\.(${roles.join('|')})\\.js$|/main\\.js$`,
  message: 'boundary/rightwards: imports go main → module → controller → service → store, never back.',
});
const database = {
  regex: '^@ganglion/database|^@prisma/|^pg$',
  message: 'boundary/database-in-stores: only *.store.ts, *.lifecycle.ts and *.module.ts touch the database.',
  allowTypeImports: true,
};
const onnx = {
  regex: '^onnxruntime|^koffi$',
  message: 'boundary/onnx-in-inference: only libs/inference runs models.',
};
const io = {
  regex:
    '^node:(fs|net|http|https|child_process|worker_threads|dgram|tls)|^@nats-io/(nats-core|transport-node|jetstream|kv)|^@nestjs/',
  message:
    'boundary/pure: a file without a role decides and does no I/O; give it a role (…service.ts, …store.ts).',
  allowTypeImports: true,
};
const inference = {
  regex: '^@ganglion/inference$',
  message:
    'boundary/inference-when-needed: import() it where it is used; the other commands do not wait for it to load.',
  allowTypeImports: true,
};
const edges = ['main', 'module', 'controller', 'gateway'];
const roles = [
  'module',
  'controller',
  'gateway',
  'guard',
  'filter',
  'service',
  'store',
  'lifecycle',
  'config',
  'command',
  'schedule',
];
const anyRole = [...roles.map((role) => `apps/*/src/**/*.${role}.ts`), 'apps/*/src/main.ts'];

export const importsByRole = [
  restrict(
    ['apps/*/src/**/*.{ts,tsx}'],
    [database, onnx, io],
    [...anyRole, 'apps/cli/**', 'apps/provision/**', 'apps/miner/**'],
  ),
  restrict(['apps/provision/src/**/*.ts'], [onnx]),
  restrict(['apps/cli/src/**/*.ts'], [onnx, inference]),
  restrict(['apps/miner/src/**/*.ts'], [database, onnx]),
  restrict(['apps/*/src/**/*.{controller,gateway}.ts'], [leftwards(['module']), database, onnx]),
  restrict(
    ['apps/*/src/**/*.{service,guard,filter,schedule}.ts'],
    [leftwards(['module', 'controller', 'gateway']), database, onnx],
  ),
  restrict(
    ['apps/*/src/**/*.store.ts'],
    [leftwards([...edges, 'service', 'guard', 'filter', 'schedule']), onnx],
  ),
  restrict(['apps/*/src/**/*.lifecycle.ts'], [leftwards([...edges, 'service', 'store']), onnx]),
  restrict(['libs/**/*.ts', 'tools/**/*.ts', 'bench/**/*.ts'], [onnx], ['libs/inference/**']),
  {
    files: ['apps/**/*.{ts,tsx}', 'libs/**/*.ts', 'tools/src/**/*.ts'],
    ignores: ['libs/runtime/**', 'libs/testkit/**', '**/*.spec.ts', '**/*.fixture.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'boundary/env-in-runtime: read the environment through readConfig of @ganglion/runtime.',
        },
      ],
    },
  },
];
