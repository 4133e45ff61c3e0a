import { describe, expect, test } from 'vitest';
import { ascii, hang, PAGE, page, paint, visible, wrap } from '../../src/report/style.js';

const RICH = { columns: 80, rich: true };

describe('style', () => {
  test('text is wrapped at spaces', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  });

  test('a word longer than the line stays whole', () => {
    expect(wrap('a https://example.org/long b', 10)).toEqual([
      'a',
      'https://example.org/long',
      'b',
    ]);
  });

  test('further lines hang under the first', () => {
    expect(hang('label  ', 'a '.repeat(30).trim(), { columns: 40, rich: false })).toEqual([
      `label  ${'a '.repeat(17).trim()}`,
      `       ${'a '.repeat(13).trim()}`,
    ]);
  });

  test('a terminal gets colours, which take no width', () => {
    const painted = paint(RICH, 'bad', 'BROKEN');
    expect(painted).not.toBe('BROKEN');
    expect(visible(painted)).toBe(6);
  });

  test('a pipe gets ASCII without colours or trailing spaces', () => {
    expect(page(PAGE, [`${paint(PAGE, 'bad', 'x')} ≤ “y”…  `, 'µ·→ é'])).toBe(
      'x <= "y"...\nu*-> ?\n',
    );
    expect(page(RICH, ['≤'])).toBe('≤\n');
    expect(ascii('a\nb')).toBe('a\nb');
  });
});
