import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { reportError } from '../../src/cli/errors.js';
import { styleOf } from '../../src/cli/io.js';
import { TickproofBug } from '../../src/contract/errors.js';
import { recorder, type } from './recorder.js';

describe('main', () => {
  test('--version prints the version of the package and nothing else', async () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    for (const line of ['--version', '-V', '--json --version']) {
      expect(await type(line)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  test('--help shows every command', async () => {
    const { code, stdout } = await type('--help');
    expect(code).toBe(0);
    for (const command of [
      'check',
      'play',
      'replay',
      'judge',
      'matrix',
      'faults',
      'list',
      'conform',
    ]) {
      expect(stdout).toContain(`  ${command} `);
    }
  });

  test('help of a command shows its options and the global ones', async () => {
    const { code, stdout } = await type('check --help');
    expect(code).toBe(0);
    expect(stdout).toContain('--max-commands <n>');
    expect(stdout).toContain('--json');
    expect((await type('help check')).stdout).toBe(stdout);
  });

  test('without a command it shows its help and has judged nothing', async () => {
    const { code, stdout, stderr } = await type([]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: tickproof');
  });

  test.each([
    ['chek', 'no command is called "chek".\n  Did you mean check?'],
    ['frobnicate', 'no command is called "frobnicate".\n  Accepted: order, check,'],
    ['shrink x', '"shrink" is not in this version of tickproof yet.'],
    ['--json schema', '"schema" is not in this version'],
    ['check --sede 3', 'tickproof check has no option --sede.\n  Did you mean --seed?'],
    ['--jsn', 'tickproof has no option --jsn.\n  Did you mean --json?'],
    ['check --exec x', 'tickproof check has no option --exec.'],
    ['check --search swarm', 'tickproof check has no option --search.'],
    ['check a b', "too many arguments for 'check'"],
    ['judge', "missing required argument 'files'.\n  `tickproof judge --help`"],
    ['check --runs', "option '--runs <n>' argument missing.\n"],
    ['check --runs 0', '--runs "0": expected a whole number, 1 or more.'],
    ['check --runs ten', '--runs "ten": expected a whole number'],
    ['check --seed -1', '--seed "-1": expected a whole number, 0 to 4294967295.'],
    ['check --seed 4294967296', '--seed "4294967296": expected a whole number'],
    ['check --max-commands 100001', '--max-commands "100001"'],
    ['check --time-limit 0', '--time-limit "0": expected a number of seconds above 0.'],
    ['check --jobs 0', '--jobs "0"'],
    ['check --allow foo', '--allow "foo": expected LAW=reason'],
    ['check --allow foo=', '--allow "foo=": expected LAW=reason'],
    ['check --strict publicaton', 'Did you mean publication?\n  Accepted: all, publication'],
    ['check --strict qqqqqqqqqqqqqqqq', 'no known limit of this name.\n  Accepted: all'],
    ['judge --eps 1.5 x', '--eps "1.5": expected a whole number of ns'],
  ])('%s is refused, and says why', async (line, why) => {
    const { code, stdout, stderr } = await type(line);
    expect(code).toBe(2);
    expect(stderr).toContain('UsageError: ');
    expect(stderr).toContain(why);
    expect(stderr).not.toContain('    at ');
    if (!line.includes('--json')) expect(stdout).toBe('');
  });

  test('--debug shows the stack', async () => {
    expect((await type('check --debug --seed x')).stderr).toContain('    at ');
  });

  test('with --json an error is one JSON document on standard output too', async () => {
    const { code, stdout } = await type('check --json --seed x');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'check', error: { kind: 'UsageError' } });
  });

  test('what is nobody else’s fault is ours', () => {
    const { io, stderr } = recorder();
    expect(reportError(new TypeError('x is not a function'), [], io)).toBe(2);
    expect(reportError(new TickproofBug('odd'), [], io)).toBe(2);
    expect(reportError('text', ['--debug'], io)).toBe(2);
    expect(stderr()).toContain('this is a bug in tickproof: x is not a function');
    expect(stderr()).toContain('this is a bug in tickproof: odd\n');
    expect(stderr()).toContain('--debug shows the stack');
  });
});

describe('style', () => {
  const terminal = { stdoutIsTerminal: true };

  test.each([
    ['a terminal is rich', terminal, {}, true],
    ['a pipe is not', {}, {}, false],
    ['NO_COLOR is honoured', { ...terminal, env: { NO_COLOR: '1' } }, {}, false],
    ['an empty NO_COLOR is not set', { ...terminal, env: { NO_COLOR: '' } }, {}, true],
    ['a dumb terminal is plain', { ...terminal, env: { TERM: 'dumb' } }, {}, false],
    ['--no-color is honoured', terminal, { color: false }, false],
  ])('%s', (_name, overrides, flags, rich) => {
    expect(styleOf(recorder(overrides).io, flags).rich).toBe(rich);
  });

  test('colours are on a terminal and not in a pipe', async () => {
    const line = 'check --runs 5 --seed 1 --law monotonic-never-decreases';
    expect((await type(line, terminal)).stdout).toContain('\u001b[');
    expect((await type(`${line} --no-color`, terminal)).stdout).not.toContain('\u001b[');
    expect((await type(line)).stdout).not.toContain('\u001b[');
  });
});
