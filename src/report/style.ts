/** Where a report is read. */
export interface Style {
  /** Width of the terminal or page, in characters. */
  readonly columns: number;
  /** A terminal that takes colours and letters beyond ASCII. */
  readonly rich: boolean;
}

/** A page: what a pipe, a file and a mail get. */
export const PAGE: Style = { columns: 80, rich: false };

/** Below this width nothing is narrowed further: a line may then be wrapped by the terminal. */
const NARROWEST = 40;

export type Tone = 'bad' | 'good' | 'warn' | 'dim' | 'strong';

const SGR: Readonly<Record<Tone, string>> = {
  bad: '1;31',
  good: '32',
  warn: '33',
  dim: '2',
  strong: '1',
};

/** Colours a finished piece of text; pad it first, because colours have no width. */
export function paint(style: Style, tone: Tone, text: string): string {
  return style.rich ? `\u001b[${SGR[tone]}m${text}\u001b[0m` : text;
}

/** How many characters a text takes on the page: colours take none. */
export function visible(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what colours begin with.
  return text.replace(/\u001b\[[\d;]*m/g, '').length;
}

export function widthOf(style: Style): number {
  return Math.max(style.columns, NARROWEST);
}

/** Breaks text at spaces so that no line is longer than `width`, where its words allow. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Text after a label, its further lines under its first: `label   text`. */
export function hang(label: string, text: string, style: Style): readonly string[] {
  const [first = '', ...rest] = wrap(text, Math.max(widthOf(style) - label.length, 20));
  const margin = ' '.repeat(label.length);
  return [`${label}${first}`, ...rest.map((line) => `${margin}${line}`)];
}

const ASCII: Readonly<Record<string, string>> = {
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '≺': 'before',
  '−': '-',
  '–': '-',
  '—': '-',
  '…': '...',
  '→': '->',
  '×': '*',
  '·': '*',
  '±': '+-',
  µ: 'u',
  '“': '"',
  '”': '"',
  '’': "'",
  '‘': "'",
};

/** The same in ASCII, for mails and consoles that know no more. */
export function ascii(text: string): string {
  return text.replace(/[^\n\x20-\x7e]/gu, (letter) => ASCII[letter] ?? '?');
}

/** The lines as one text that ends with a newline, without trailing spaces. */
export function page(style: Style, lines: readonly string[]): string {
  const text = `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
  return style.rich ? text : ascii(text);
}
