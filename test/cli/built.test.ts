import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'dist/cli/bin.js');

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '' },
  });
  return { status, stdout, stderr };
}

// `npm test` builds first; a bare `vitest` may come before that.
describe.skipIf(!existsSync(BIN))('the built program', () => {
  test('runs, and its exit code is that of main', () => {
    expect(run(BIN, '--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(run(BIN, 'chek').status).toBe(2);
  });

  test('threads change the speed and nothing else', () => {
    const line = [BIN, 'check', '--seed', '3', '--runs', '60', '--design', 'counters-run-on'];
    const alone = run(...line, '--json');
    const dealt = run(...line, '--json', '--jobs', '2');
    const timeless = (text: string) => text.replace(/"elapsedMs": \d+/, '');
    expect(alone.status).toBe(1);
    expect(dealt.status).toBe(1);
    expect(timeless(dealt.stdout)).toBe(timeless(alone.stdout));
  });

  test('a reader that closes the pipe early is no error', () => {
    const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${BIN}" list | head -1`], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  });

  test('the page for browsers imports nothing of Node, and the other has main', () => {
    const script = `
      const { main } = await import('tickproof/node');
      const names = Object.keys(await import('tickproof'));
      console.log(typeof main, names.includes('check'), names.includes('LAWS'));`;
    const { stdout } = run('--input-type=module', '-e', script);
    expect(stdout).toBe('function true true\n');
  });
});
