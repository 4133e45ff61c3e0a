import { readText } from '../adapters/files.js';
import { lawsNamed } from '../app/catalogue.js';
import { completeSchedule } from '../app/machine.js';
import { play } from '../app/replay.js';
import { SubjectError } from '../contract/errors.js';
import type { KnownLimit } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import { decodeCounterexample, decodeSchedule } from '../contract/wire.js';
import { isObject } from '../contract/wire-read.js';
import { playJson } from '../report/json.js';
import { playLines } from '../report/replay.js';
import { page } from '../report/style.js';
import { fromCwd, type Io, type Session } from './io.js';
import { builtInFault } from './request.js';

export interface PlayFlags {
  readonly design?: string;
  readonly fault?: readonly string[];
  readonly law?: readonly string[];
  readonly strict?: readonly KnownLimit[];
}

/** What a file holds: a schedule, and the faults that belong to it. */
interface Played {
  readonly schedule: Schedule;
  readonly faults: readonly string[];
}

/** `tickproof play FILE`. */
export async function runPlay(
  { io, json, about, style }: Session,
  flags: PlayFlags,
  [file = '-']: readonly string[],
): Promise<number> {
  const laws = lawsNamed(flags.law);
  const { schedule, faults } = await readPlayed(io, file, flags.design);
  const played = await play(schedule, {
    laws,
    faults: flags.fault?.map(builtInFault) ?? faults,
    strict: flags.strict ?? [],
  });
  const view = { about, ...played };
  io.stdout(json ? playJson(view) : page(style, playLines(view, style)));
  return played.laws.some(({ verdict }) => verdict.kind === 'violated') ? 1 : 0;
}

async function readPlayed(io: Io, file: string, design: string | undefined): Promise<Played> {
  const at = { source: file };
  const wire = parsed(await readText(fromCwd(io, file)), file);
  if (!isObject(wire) || !('violation' in wire)) {
    return { schedule: decodeSchedule(completeSchedule(wire, design), at), faults: [] };
  }
  const { schedule, faults } = decodeCounterexample(wire, at);
  return { schedule: design === undefined ? schedule : followed(schedule, design), faults };
}

function followed(schedule: Schedule, design: string): Schedule {
  const vms = schedule.machine.vms.map((vm) => ({ ...vm, design }));
  return { ...schedule, machine: { ...schedule.machine, vms } };
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SubjectError(
      `${file} is not JSON: ${why}\n` +
        '  Expected a schedule, { "commands": [...] }, or a counterexample.',
    );
  }
}
