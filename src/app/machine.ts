import { encodeMachine, type Json } from '../contract/wire.js';
import { isObject } from '../contract/wire-read.js';
import { plainMachine } from '../generators/machine.js';
import { designNamed } from './catalogue.js';

/** What a schedule follows that names no design: the one that keeps every promise. */
export const DEFAULT_DESIGN = 'cooperative-freeze';

/**
 * A schedule written by hand, as JSON.parse gave it, with the plain machine put in wherever it
 * says nothing: `{ "commands": [] }` is a whole schedule. Lists are completed item by item.
 *
 * @param design replaces the design that the schedule names.
 * @throws {UsageError} where there is no such design.
 */
export function completeSchedule(wire: unknown, design?: string): unknown {
  if (!isObject(wire)) return wire;
  const { machine, ...rest } = wire as { readonly machine?: unknown };
  const plain = plainMachine(designNamed(design ?? designOf(machine) ?? DEFAULT_DESIGN));
  const completed = over(encodeMachine(plain), machine);
  return { ...rest, machine: design === undefined ? completed : following(completed, design) };
}

function designOf(machine: unknown): string | undefined {
  const vms = field(machine, 'vms');
  const design = Array.isArray(vms) ? field(vms[0], 'design') : undefined;
  return typeof design === 'string' ? design : undefined;
}

function following(machine: unknown, design: string): unknown {
  const vms = field(machine, 'vms');
  if (!isObject(machine) || !Array.isArray(vms)) return machine;
  return { ...machine, vms: vms.map((vm) => (isObject(vm) ? { ...vm, design } : vm)) };
}

function field(of: unknown, name: string): unknown {
  return isObject(of) ? of[name] : undefined;
}

/** What was given, laid over what is there without it. */
function over(plain: Json | undefined, given: unknown): unknown {
  if (given === undefined) return plain;
  if (Array.isArray(given)) {
    const first: Json | undefined = Array.isArray(plain) ? plain[0] : undefined;
    return given.map((each) => over(first, each));
  }
  if (!isObject(given) || !isObject(plain)) return given;
  const names = new Set([...Object.keys(plain), ...Object.keys(given)]);
  return Object.fromEntries(
    [...names].map((name) => [name, over(plain[name] as Json | undefined, given[name])]),
  );
}
