import { SubjectError, TickproofBug, UsageError } from '../contract/errors.js';
import { errorJson } from '../report/json.js';
import { about } from './about.js';
import type { Io } from './io.js';

/** What the program says when it could not judge: whose fault it is, and what to do. Exit code 2. */
export function reportError(error: unknown, argv: readonly string[], io: Io): number {
  const { kind, message } = explain(error);
  const debug = argv.includes('--debug');
  const stack = debug ? stackOf(error) : '';
  io.stderr(`${kind}: ${message}\n${stack}`);
  if (argv.includes('--json')) {
    const command = argv.find((each) => !each.startsWith('-')) ?? null;
    io.stdout(errorJson(about(), command, kind, message));
  }
  return 2;
}

/** The stack of an error, and of what it came from. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = stackOf(error.cause);
  return `${error.stack ?? ''}\n${cause === '' ? '' : `caused by ${cause}`}`;
}

function explain(error: unknown): { readonly kind: string; readonly message: string } {
  if (error instanceof UsageError || error instanceof SubjectError) {
    return { kind: error.name, message: error.message };
  }
  const text = error instanceof Error ? error.message : String(error);
  const bug = error instanceof TickproofBug ? text : new TickproofBug(text).message;
  return {
    kind: 'TickproofBug',
    message: `${bug}\n  Please report it with this command line; --debug shows the stack.`,
  };
}
