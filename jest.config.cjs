// The code is ESM and run by Node as it is; Jest runs it as CommonJS, which is the mode it supports without flags.
/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'commonjs' } },
    ],
  },
  // These packages ship ESM only.
  transformIgnorePatterns: [
    '/node_modules/(?!(openid-client|oauth4webapi|jose|p-limit|yocto-queue|cockatiel|temporal-polyfill|temporal-spec|temporal-utils)/)',
  ],
  testTimeout: 30_000,
};
