import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';

/** What a call of the program showed. */
export interface Recorded {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A world that remembers what it was told. */
export function recorder(overrides: Partial<Io> = {}): {
  io: Io;
  stdout(): string;
  stderr(): string;
} {
  const said = { stdout: '', stderr: '' };
  const io: Io = {
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    columns: 80,
    env: {},
    cwd: process.cwd(),
    ...overrides,
  };
  return { io, stdout: () => said.stdout, stderr: () => said.stderr };
}

/** Types a line, without `tickproof`. */
export async function type(line: string | readonly string[], overrides?: Partial<Io>) {
  const { io, stdout, stderr } = recorder(overrides);
  const code = await main(typeof line === 'string' ? line.split(' ') : line, io);
  return { code, stdout: stdout(), stderr: stderr() } satisfies Recorded;
}

/** An empty directory of its own. */
export function directory(): string {
  return mkdtempSync(join(tmpdir(), 'tickproof-'));
}
