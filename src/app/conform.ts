import { nearest, SubjectError } from '../contract/errors.js';
import type { KernelVersion } from '../contract/machine.js';
import type { ConformOutcome } from '../contract/outcome.js';
import { COMMANDS, clocksourceOutputs } from './conform/commands.js';
import { PAGE_FIELDS, STATE_FIELDS, TK_FIELDS } from './conform/fields.js';
import { Harness } from './conform/harness.js';
import { type Line, parseLine } from './conform/line.js';
import { type Outputs, WARNINGS_PER_SUSPENDED_READ } from './conform/readings.js';
import { ExpectedState, Tally } from './conform/tally.js';

/**
 * Replays a recording of the Linux timekeeping core on the model and compares every output and
 * every field of state after every command.
 *
 * @param file names the recording in errors; `pre110-…` were recorded on an older kernel
 * @throws {SubjectError} for a line that is not a recorded command
 */
export function conform(
  file: string,
  lines: Iterable<string>,
  kernel: KernelVersion = kernelOf(file),
): ConformOutcome {
  const tally = new Tally();
  const expected = new ExpectedState(STATE_FIELDS);
  let harness: Harness | undefined;
  let number = 0;
  let commands = 0;
  for (const text of lines) {
    number++;
    if (text.trim() === '') continue;
    const line = parseLine(file, number, text);
    commands++;
    let outputs: Outputs;
    if (harness === undefined) {
      harness = new Harness(line, kernel);
      expected.begin(line);
      outputs = clocksourceOutputs(harness.counterOf(line));
    } else {
      outputs = play(harness, line);
    }
    compareAnswer(tally, line, harness, outputs);
    expected.compare(line, harness.timekeeper, tally);
  }
  if (commands === 0)
    throw new SubjectError(`${file} holds no command: a recording starts with init.`);
  const { mismatches, skipped, first } = tally;
  return { file, kernel, commands, mismatches, skipped, first };
}

/** The kernel that a file was recorded on, by its name. */
function kernelOf(file: string): KernelVersion {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return name.startsWith('pre110-') ? '6.12.109' : '6.12.117';
}

function play(harness: Harness, line: Line): Outputs {
  const command = Object.hasOwn(COMMANDS, line.command) ? COMMANDS[line.command] : undefined;
  if (command === undefined) {
    const near = nearest(line.command, Object.keys(COMMANDS));
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    throw line.where.error('cmd', `no command is called "${line.command}"${hint}`);
  }
  return command(harness, line);
}

function compareAnswer(tally: Tally, line: Line, harness: Harness, outputs: Outputs): void {
  const { timekeeper } = harness;
  tally.compareOutputs(line, outputs);
  tally.compare(line, 'cws', line.cws, String(timekeeper.takeClockWasSet()));
  tally.compare(line, 'warn', line.warn, String(warnings(line, timekeeper.suspended)));
  if (line.shadow !== undefined) {
    tally.compareAll(line, 'shadow', TK_FIELDS, line.shadow, timekeeper.shadow);
  }
  if (line.vpage !== undefined) {
    tally.compareAll(line, 'vpage', PAGE_FIELDS, line.vpage, timekeeper.vdsoPage());
  }
}

/** While suspended the kernel warns of reads; of those by adjtimex(2), too. */
function warnings(line: Line, suspended: boolean): number {
  if (!suspended) return 0;
  if (line.command === 'read') return WARNINGS_PER_SUSPENDED_READ;
  return line.command === 'adjtimex' && line.out.size > 1 ? 1 : 0;
}
