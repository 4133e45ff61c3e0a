import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const dist = fileURLToPath(new URL('dist', import.meta.url));

export default defineConfig({
  test: {
    testTimeout: 120_000,
    // vitest leaves one core to itself, which hardly works while tests run.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: { name: 'units', include: ['test/**/*.test.ts'], exclude: ['test/quality/**'] },
      },
      {
        extends: true,
        // What is claimed of a million commands is claimed of what users get: the built files. Run by
        // node itself they are also twice as fast as the sources are in vitest's module runner.
        resolve: { alias: [{ find: /^(?:\.\.\/)+src\//, replacement: `${dist}/` }] },
        test: {
          name: 'quality',
          include: ['test/quality/*.test.ts'],
          globalSetup: ['test/quality/built.ts'],
          setupFiles: ['test/quality/uncovered.ts'],
          server: { deps: { external: [/\/dist\//] } },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/cli/bin.ts', 'src/cli/demo.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 95, branches: 90 },
    },
  },
});
