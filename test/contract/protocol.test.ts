import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { protocolTables, withTables } from '../../src/contract/wire-doc.js';
import { COMMAND, EVENT } from '../../src/contract/wire-tables.js';

const PATH = new URL('../../docs/protocol.md', import.meta.url);

/** Set to make the page anew instead of holding it against the code. */
if (process.env.UPDATE_DOCS !== undefined) {
  writeFileSync(PATH, withTables(readFileSync(PATH, 'utf8')));
}

const page = readFileSync(PATH, 'utf8');

describe('docs/protocol.md', () => {
  test('holds the tables of the code: UPDATE_DOCS=1 npx vitest run test/contract/protocol.test.ts', () => {
    expect(page).toBe(withTables(page));
  });

  test('has a place for each table, and names every kind of event and command', () => {
    for (const name of protocolTables().keys()) expect(page).toContain(`<!-- table: ${name} -->`);
    for (const kind of [...Object.keys(EVENT.of), ...Object.keys(COMMAND.of)]) {
      expect(page).toContain(`| \`${kind}\` |`);
    }
  });

  test('has the headings that messages send their reader to', () => {
    const headings = ['Numbers', 'Events', 'Commands', 'Machine', 'Trace', 'Counterexample'];
    expect(page.match(/^## .*$/gm)).toEqual(headings.map((each) => `## ${each}`));
  });

  test('keeps its prose within 100 columns', () => {
    const prose = page.split('\n').filter((line) => !line.startsWith('|'));
    expect(prose.filter((line) => line.length > 100)).toEqual([]);
  });

  test('leaves a place alone that no table fills', () => {
    expect(withTables('<!-- table: nothing -->\nx\n<!-- end -->')).toBe(
      '<!-- table: nothing -->\n\n<!-- end -->',
    );
  });
});
