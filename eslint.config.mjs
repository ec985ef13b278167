import nx from '@nx/eslint-plugin';
import parser from '@typescript-eslint/parser';
import plugin from '@typescript-eslint/eslint-plugin';
import { importsByRole } from './tools/lint/roles.mjs';

const libs = [
  'type:contracts',
  'type:messaging',
  'type:database',
  'type:runtime',
  'type:node',
  'type:inference',
  'type:commitment',
  'type:sdk',
];

/** Who may import what, by the tags in each package.json (STYLE.md has the table). */
const depConstraints = [
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: ['type:contracts'] },
  { sourceTag: 'type:commitment', onlyDependOnLibsWithTags: ['type:commitment'] },
  { sourceTag: 'type:inference', onlyDependOnLibsWithTags: ['type:inference'] },
  { sourceTag: 'type:messaging', onlyDependOnLibsWithTags: ['type:contracts', 'type:messaging'] },
  { sourceTag: 'type:database', onlyDependOnLibsWithTags: ['type:contracts', 'type:database'] },
  {
    sourceTag: 'type:runtime',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:messaging', 'type:runtime'],
  },
  {
    sourceTag: 'type:node',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:messaging', 'type:commitment', 'type:node'],
  },
  { sourceTag: 'type:sdk', onlyDependOnLibsWithTags: ['type:contracts', 'type:commitment', 'type:sdk'] },
  { sourceTag: 'type:testkit', onlyDependOnLibsWithTags: [...libs, 'type:testkit'] },
  {
    sourceTag: 'type:tools',
    onlyDependOnLibsWithTags: ['type:testkit', 'type:runtime', 'type:contracts', 'type:tools'],
  },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: [...libs, 'type:testkit'] },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: libs },
  ...['router', 'miner', 'oracle', 'cli'].map((app) => ({
    sourceTag: `app:${app}`,
    notDependOnLibsWithTags: ['type:database'],
  })),
  {
    sourceTag: 'app:cli',
    onlyDependOnLibsWithTags: [
      'type:contracts',
      'type:commitment',
      'type:sdk',
      'type:runtime',
      'type:inference',
    ],
  },
  {
    sourceTag: 'app:dashboard',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:commitment', 'type:sdk'],
  },
];

export default [
  { ignores: ['**/dist', '**/generated', '.ganglion', 'models', 'tools/models', '.nx', 'node_modules'] },
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parser },
    plugins: { '@nx': nx, '@typescript-eslint': plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { depConstraints, allowCircularSelfDependency: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', 250],
      'max-params': ['error', 4],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-var': 'error',
    },
  },
  ...importsByRole,
  {
    files: ['**/*.spec.ts', '**/*.fixture.ts', 'apps/e2e/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          depConstraints: [{ sourceTag: '*', onlyDependOnLibsWithTags: [...libs, 'type:testkit'] }],
          allowCircularSelfDependency: true,
        },
      ],
    },
  },
];
