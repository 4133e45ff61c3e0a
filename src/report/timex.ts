import type { Timex } from '../contract/schedule.js';
import * as timexBits from '../contract/timex.js';

/** Names of the mode bits; ADJ_ADJTIME comes with others and is named with them. */
const ADJ: readonly (readonly [string, number])[] = Object.entries(timexBits).flatMap(
  ([name, bit]) =>
    name.startsWith('ADJ_') && name !== 'ADJ_ADJTIME' && typeof bit === 'number'
      ? [[name, bit] as const]
      : [],
);

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
