import { LISTS, list, listNamed } from '../app/catalogue.js';
import { listJson } from '../report/json.js';
import { listLines } from '../report/list.js';
import { page } from '../report/style.js';
import type { Session } from './io.js';

export type ListFlags = Readonly<Record<never, never>>;

/** `tickproof list [WHAT]`. */
export async function runList(
  { io, json, about, style }: Session,
  _flags: ListFlags,
  [what]: readonly string[],
): Promise<number> {
  const names = what === undefined ? LISTS : [listNamed(what)];
  const lists = Object.fromEntries(names.map((name) => [name, list(name)]));
  io.stdout(json ? listJson(about, lists) : page(style, listLines(lists, style)));
  return 0;
}
