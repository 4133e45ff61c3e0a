import type { Event } from '../contract/event.js';
import { elide } from './elide.js';
import { lanesFit, renderLanes, renderList } from './lanes.js';
import { seconds } from './numbers.js';
import { type Gap, known, type Row, rowsOf } from './rows.js';
import { type Style, widthOf, wrap } from './style.js';

/** More rows than this and the dull stretches between are left out. */
const LONGEST = 24;

/**
 * What happened, as a table: host time, the host, one lane a vCPU. The evidence is marked with `>>`.
 *
 * Where the lanes do not fit the page, one line an event, with its actor named.
 */
export function timeline(
  events: readonly Event[],
  evidence: readonly Event[],
  style: Style,
  longest = LONGEST,
): readonly string[] {
  const told = events.length === 0 ? evidence : events;
  const rows = rowsOf(told, evidence);
  const shown = elide(rows, longest);
  const lanes = lanesOf(rows);
  const width = widthOf(style);
  const brief = shown.map(withoutPrefix);
  const lines =
    [shown, brief].map((each) => renderLanes(each, lanes, style)).find(lanesFit(width)) ??
    renderList(brief, style);
  return rows.some((row) => row.vague) ? [...lines, ...legend(told, width)] : lines;
}

/** The lanes in reading order: per VM the host first, then its vCPUs, then tasks. */
function lanesOf(rows: readonly Row[]): readonly string[] {
  const rank = (lane: string): string =>
    lane.replace(/host/, '0').replace(/vCPU (\d+)$/, (_, id: string) => `1 ${id.padStart(4, '0')}`);
  return [...new Set(rows.map((row) => row.lane))].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function withoutPrefix(row: Row | Gap): Row | Gap {
  if ('left' in row) return row;
  const brief = (text: string) => text.replaceAll('CLOCK_', '');
  return {
    ...row,
    text: brief(row.text),
    notes: row.notes.map(({ text, value }) => ({ text: brief(text), value })),
  };
}

function legend(events: readonly Event[], width: number): readonly string[] {
  let widest = 0n;
  for (const event of events) {
    const span = event.latestNs - event.earliestNs;
    if (known(event) && span > widest) widest = span;
  }
  return wrap(`~ some time between this and ${seconds(widest)} later`, width);
}
