/** Workspace libraries are tested from source: no build is needed before a unit spec. */
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.ganglion/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};

const isNotSource = ['/node_modules/', '/dist/'];

export default {
  // Specs wait for real servers, on machines that may be busy; none of them measures time.
  testTimeout: 180_000,
  // A spec that ran out of time may be starting a process still: it ends with its parent, and nobody waits for it.
  forceExit: true,
  testSequencer: '<rootDir>/libs/testkit/jest/spec-order.mjs',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,apps,tools,bench}/**/*.spec.ts'],
      testPathIgnorePatterns: [
        ...isNotSource,
        '<rootDir>/apps/e2e/',
        '\\.service\\.spec\\.ts$',
        '\\.store\\.spec\\.ts$',
        '\\.models\\.spec\\.ts$',
      ],
    },
    {
      ...common,
      displayName: 'service',
      testMatch: ['<rootDir>/{libs,apps}/**/*.{store,service}.spec.ts'],
      testPathIgnorePatterns: [...isNotSource, '<rootDir>/apps/e2e/'],
      globalSetup: '<rootDir>/libs/testkit/jest/postgres-setup.mjs',
      globalTeardown: '<rootDir>/libs/testkit/jest/postgres-teardown.mjs',
    },
    {
      // Asks models that `npm run models:check` makes; not part of `npm test`.
      ...common,
      displayName: 'models',
      testMatch: ['<rootDir>/libs/inference/src/**/*.models.spec.ts'],
      testPathIgnorePatterns: isNotSource,
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/apps/e2e/src/**/*.spec.ts'],
      testPathIgnorePatterns: [...isNotSource, '\\.(browser|network)\\.spec\\.ts$'],
      testEnvironment: '<rootDir>/libs/testkit/jest/network-environment.mjs',
      globalSetup: '<rootDir>/libs/testkit/jest/network-setup.mjs',
      globalTeardown: '<rootDir>/libs/testkit/jest/network-teardown.mjs',
    },
    {
      // Each with a network of its own; they run beside the others.
      ...common,
      displayName: 'networks',
      testMatch: ['<rootDir>/apps/e2e/src/**/*.network.spec.ts'],
      testPathIgnorePatterns: isNotSource,
      testEnvironment: '<rootDir>/libs/testkit/jest/network-environment.mjs',
    },
    {
      // The dashboard in Chromium; not part of `npm test`, which a machine without a browser runs too.
      ...common,
      displayName: 'browser',
      testMatch: ['<rootDir>/apps/e2e/src/**/*.browser.spec.ts'],
      testEnvironment: '<rootDir>/libs/testkit/jest/network-environment.mjs',
      globalSetup: '<rootDir>/libs/testkit/jest/network-setup.mjs',
      globalTeardown: '<rootDir>/libs/testkit/jest/network-teardown.mjs',
    },
  ],
};
