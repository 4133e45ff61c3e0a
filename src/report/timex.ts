import type { Timex } from '../contract/schedule.js';

const ADJ = [
  ['ADJ_OFFSET', 0x0001],
  ['ADJ_FREQUENCY', 0x0002],
  ['ADJ_MAXERROR', 0x0004],
  ['ADJ_ESTERROR', 0x0008],
  ['ADJ_STATUS', 0x0010],
  ['ADJ_TIMECONST', 0x0020],
  ['ADJ_TAI', 0x0080],
  ['ADJ_SETOFFSET', 0x0100],
  ['ADJ_MICRO', 0x1000],
  ['ADJ_NANO', 0x2000],
  ['ADJ_TICK', 0x4000],
] as const;

/** The call's modes by their names, then the fields that were given. */
export function timexWords(timex: Timex): string {
  const { modes, ...fields } = timex;
  const given = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${value}`);
  return `${modeWords(modes)}${given.join('')}`;
}

function modeWords(modes: number): string {
  if (modes === 0) return 'read only';
  if (modes === 0x8001) return 'ADJ_OFFSET_SINGLESHOT';
  if (modes === 0xa001) return 'ADJ_OFFSET_SS_READ';
  const named = ADJ.filter(([, bit]) => (modes & bit) !== 0);
  const rest = named.reduce((left, [, bit]) => left & ~bit, modes);
  const names: string[] = named.map(([name]) => name);
  if (rest !== 0) names.push(`0x${rest.toString(16)}`);
  return names.join('|');
}
