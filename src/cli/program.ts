import { Command, CommanderError } from 'commander';
import { nearest, UsageError } from '../contract/errors.js';
import { about } from './about.js';
import {
  addExploring,
  addFiles,
  addOrder,
  addSearches,
  addTables,
  addWorst,
  type Bind,
  type Run,
} from './commands.js';
import { type GlobalFlags, type Io, sessionOf } from './io.js';
import { settleStrict } from './options.js';

/**
 * Parses a command line and runs its command, whose module is loaded then and not before.
 *
 * @returns the exit code. @throws {UsageError} for what is not accepted.
 */
export async function parseAndRun(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const bind =
    <Flags extends object>(run: Run<Flags>) =>
    async (...given: readonly unknown[]): Promise<void> => {
      // Commander hands over the arguments, then the options, then the command itself.
      const command = given.at(-1);
      if (!(command instanceof Command)) return;
      const flags = command.optsWithGlobals<Flags & GlobalFlags>();
      code = await run(sessionOf(io, flags, about()), flags, command.args);
    };
  const program = programOf(io, bind);
  const unknown = argv.find((each) => !each.startsWith('-'));
  if (unknown !== undefined) refuseUnknownCommand(program, unknown);
  try {
    await program.parseAsync(settleStrict(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return exitOf(error);
  }
  return code;
}

function programOf(io: Io, bind: Bind): Command {
  const program = new Command('tickproof')
    .description('Checks what Linux promises about guest time.')
    .version(about().version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--json', 'one JSON document on standard output, nothing else')
    .option('--no-color', 'plain ASCII, as with NO_COLOR')
    .option('--debug', 'show the stack of an error')
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(io.columns, 100) })
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
      // What commander would say of an error, `errors.ts` says in the words of the house.
      outputError: () => undefined,
    })
    .addHelpText('after', EPILOGUE);
  addOrder(program, bind);
  addSearches(program, bind);
  addExploring(program, bind);
  addWorst(program, bind);
  addTables(program, bind);
  addFiles(program, bind);
  for (const command of [program, ...program.commands]) {
    command.exitOverride((error) => refuse(error, command));
  }
  return program;
}

const EPILOGUE = `
Exit codes: 0 as it should be, 1 not, 2 could not judge.
First steps:
  tickproof matrix                          every design against every promise
  tickproof check --design counters-run-on  the shortest way to break one
  tickproof order --pause 'get-clock pause-vcpus' --resume 'run-vcpus set-clock'
                                            is that order right?
  tickproof explore seqcount                every interleaving of a reader and its writer
  tickproof list laws                       the promises`;

function refuseUnknownCommand(program: Command, given: string): void {
  const names = [...program.commands.map((command) => command.name()), 'help'];
  if (names.includes(given)) return;
  throw new UsageError(
    `no command is called ${JSON.stringify(given)}.\n${suggestion(given, names)}` +
      `  Accepted: ${names.join(', ')}.`,
  );
}

/** Turns what commander refuses into a UsageError; help and version pass, they are no errors. */
function refuse(error: CommanderError, command: Command): never {
  if (error.code.startsWith('commander.help') || error.code === 'commander.version') throw error;
  const text = error.message.replace(/^error: |\.?(\n.*)?$/gs, '');
  const path = command.parent === null ? 'tickproof' : `tickproof ${command.name()}`;
  const option = /unknown option '([^']*)'/.exec(text)?.[1];
  if (option === undefined) {
    throw new UsageError(`${text}.\n  \`${path} --help\` shows what it takes.`);
  }
  const known = [command, command.parent].flatMap((each) => each?.options ?? []);
  const names = known.flatMap((each) => each.long ?? []);
  throw new UsageError(
    `${path} has no option ${option}.\n${suggestion(option, names)}` +
      `  \`${path} --help\` shows them all.`,
  );
}

function suggestion(given: string, names: readonly string[]): string {
  const near = nearest(given, names);
  return near === undefined ? '' : `  Did you mean ${near}?\n`;
}

function exitOf(error: CommanderError): number {
  // `tickproof` alone prints its help, and has judged nothing.
  return error.code === 'commander.help' ? 2 : error.exitCode;
}
