import { UsageError } from '../contract/errors.js';
import { packageVersion } from './about.js';
import type { Io } from './io.js';

/** Commands of later versions: named, so that a reader of the docs learns why they do nothing. */
const LATER = ['shrink', 'init', 'schema'];

/**
 * The program: what a user types, to what they see.
 *
 * @returns the exit code: 0 as it should be, 1 not, 2 could not judge.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  // The two calls that scripts make most cost a file read, not a parser.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout(`${packageVersion()}\n`);
    return 0;
  }
  try {
    refuseLater(argv);
    const { parseAndRun } = await import('./program.js');
    return await parseAndRun(argv, io);
  } catch (error) {
    const { reportError } = await import('./errors.js');
    return reportError(error, argv, io);
  }
}

function refuseLater(argv: readonly string[]): void {
  const command = argv.find((each) => !each.startsWith('-'));
  if (command !== undefined && LATER.includes(command)) {
    throw new UsageError(
      `"${command}" is not in this version of tickproof yet.\n` +
        '  `tickproof --help` shows the commands that are.',
    );
  }
}
