import { isAbsolute, join } from 'node:path';
import type { About } from '../contract/outcome.js';
import type { Style } from '../report/style.js';

/** All that the command line sees of the world, so that a test can be one. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Width of the terminal, in characters. */
  readonly columns: number;
  readonly env: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined };
  readonly cwd: string;
  /** Calls `listener` when the user presses Ctrl-C; left out: nobody does. */
  onInterrupt?(listener: () => void): void;
}

/** The options that every command takes. */
export interface GlobalFlags {
  readonly json?: boolean;
  /** False after --no-color. */
  readonly color?: boolean;
  readonly debug?: boolean;
}

/** One call of the program. */
export interface Session {
  readonly io: Io;
  readonly json: boolean;
  readonly about: About;
  /** How standard output is written to. */
  readonly style: Style;
}

export function sessionOf(io: Io, flags: GlobalFlags, about: About): Session {
  return { io, json: flags.json === true, about, style: styleOf(io, flags) };
}

/** Colours go to terminals only, and not where NO_COLOR, TERM=dumb or --no-color asks for none. */
export function styleOf(io: Io, flags: GlobalFlags): Style {
  const refused = flags.color === false || (io.env.NO_COLOR ?? '') !== '';
  const rich = io.stdoutIsTerminal && !refused && io.env.TERM !== 'dumb';
  return { columns: io.columns, rich };
}

/** A path as the user gave it, seen from where they stand; `-` stays `-`. */
export function fromCwd(io: Io, path: string): string {
  if (path === '-' || isAbsolute(path) || io.cwd === process.cwd()) return path;
  return join(io.cwd, path);
}
