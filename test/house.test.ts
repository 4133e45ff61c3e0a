import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { DESIGNS } from '../src/model/designs/index.js';
import { FAULTS } from '../src/model/faults/index.js';
import { MEMORIES } from '../src/programs/concurrent.js';
import { PROGRAMS } from '../src/programs/index.js';
import { LAWS, READER_LAWS } from '../src/properties/index.js';

const SRC = join(import.meta.dirname, '../src');
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.split(sep).join('/'))
  .sort();

const INNER = ['contract', 'math', 'programs'];
const OUTER = ['model', 'properties', 'generators', 'explore', 'runner', 'report', 'adapters'];

/** Which rooms a room may import from, beside itself. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  math: ['contract'],
  programs: ['math', 'contract'],
  ...Object.fromEntries(OUTER.map((room) => [room, INNER])),
  app: [...INNER, ...OUTER],
  cli: ['app', 'adapters', 'report', 'contract'],
  'index.ts': ['app', 'report', 'contract'],
  'node.ts': ['app', 'adapters', 'report', 'contract', 'cli'],
};

/** Which rooms may import a package. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'fast-check': ['generators', 'runner'],
  node: ['adapters', 'cli'],
  zod: ['contract'],
  commander: ['cli'],
  'ts-pattern': ['report', 'cli'],
  tsx: ['adapters'],
};

describe('the star', () => {
  test('every file is in a room that the star knows', () => {
    expect(FILES.filter((file) => EDGES[roomOf(file)] === undefined)).toEqual([]);
  });

  test('a room imports inner rooms only', () => {
    const strangers = FILES.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => roomOf(join(dirname(file), specifier)))
        .filter((room) => room !== roomOf(file) && !EDGES[roomOf(file)]?.includes(room))
        .map((room) => `${file} imports ${room}`),
    );
    expect(strangers).toEqual([]);
  });

  test('packages are used where they belong', () => {
    const strangers = FILES.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => !specifier.startsWith('.'))
        .filter((specifier) => !PACKAGES[packageOf(specifier)]?.includes(roomOf(file)))
        .map((specifier) => `${file} imports ${specifier}`),
    );
    expect(strangers).toEqual([]);
  });

  test('what a browser imports reaches no module of Node', () => {
    expect(packagesReachedFrom('index.ts')).not.toContain('node');
  });
});

describe('the shape of files', () => {
  test('a file has at most 250 lines', () => {
    const lines = (file: string) =>
      readFileSync(join(SRC, file), 'utf8').trimEnd().split('\n').length;
    expect(FILES.filter((file) => lines(file) > 250)).toEqual([]);
  });

  test('a function has at most 70 lines', () => {
    expect(FILES.flatMap(longFunctions)).toEqual([]);
  });

  test('names are kebab-case, and no folder is a drawer for everything', () => {
    const word = '[a-z0-9]+(-[a-z0-9]+)*';
    const kebab = new RegExp(`^(${word}/)*${word}\\.ts$`);
    const drawer = /(^|\/)(utils?|helpers?|common|core|lib|internal)(\/|\.ts$)/;
    expect(FILES.filter((file) => !kebab.test(file) || drawer.test(file))).toEqual([]);
  });

  test('nothing is exported by default', () => {
    const defaults = (file: string) => sourceOf(file).statements.some(isDefaultExport);
    expect(FILES.filter(defaults)).toEqual([]);
  });
});

/** A variant of a design is in the file of the longest beginning of its name that has one, and says its name there. */
function isVariant(name: string): boolean {
  const words = name.split('-');
  for (let count = words.length; count > 0; count--) {
    const file = `model/designs/${words.slice(0, count).join('-').replace('.', '-')}.ts`;
    const suffix = words.slice(count).join('-');
    if (FILES.includes(file)) return readFileSync(join(SRC, file), 'utf8').includes(suffix);
  }
  // Bare sequences are what a migration counter is added to.
  return name === 'seqcount-only';
}

const CATALOGUES = [
  ['properties', [...new Set([...LAWS, ...READER_LAWS])]],
  ['model/designs', DESIGNS],
  ['model/faults', FAULTS],
] as const;

describe('the catalogues', () => {
  const rows = CATALOGUES.flatMap(([folder, entries]) =>
    entries.map((entry) => ({ folder, entry, name: entry.name })),
  );

  test.each(rows)('$folder/$name says what it is, and where that is written', ({ entry }) => {
    // A dot is one of a version.
    expect(entry.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+(\.[0-9]+)?)*$/);
    expect(entry.statement).toMatch(/\.$/);
    expect(entry.source.title).not.toBe('');
    expect(() => new URL(entry.source.url)).not.toThrow();
    expect(entry.source.url).toMatch(/^https:/);
  });

  test.each(rows)('$folder/$name is in the file of its name', ({ folder, name }) => {
    const isOne = FILES.includes(`${folder}/${name}.ts`);
    expect(isOne || (folder === 'model/designs' && isVariant(name))).toBe(true);
  });

  test.each(PROGRAMS)('program $name says what it is, and where that is written', (program) => {
    expect(program.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(program.statement).toMatch(/\.$/);
    expect(program.source.url).toMatch(/^https:/);
    // What is not sound everywhere says what it breaks, and what is breaks nothing.
    expect(program.breaks.length > 0).toBe(program.soundOn.length < MEMORIES.length);
    expect(READER_LAWS.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...program.breaks]),
    );
  });

  test('no name is used twice', () => {
    // A program may be called after the bug that it shows, as a fault is, or after the design that runs it.
    for (const names of [rows, PROGRAMS].map((entries) => entries.map(({ name }) => name))) {
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

function sourceOf(file: string): ts.SourceFile {
  const text = readFileSync(join(SRC, file), 'utf8');
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
}

/** All specifiers: `import … from`, `export … from`, `import()` of values and of types. */
function importsOf(file: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const named =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined;
    if (named !== undefined && ts.isStringLiteral(named)) found.push(named.text);
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(file));
  return found;
}

/** The first folder of a path under src, or the file itself where it stands beside the folders. */
function roomOf(path: string): string {
  const [first = '', ...rest] = path.split('/');
  return rest.length === 0 ? first.replace(/\.js$/, '.ts') : first;
}

function packageOf(specifier: string): string {
  return specifier.startsWith('node:') ? 'node' : (specifier.split('/')[0] ?? '');
}

function packagesReachedFrom(start: string): readonly string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const specifier of importsOf(file)) {
      if (!specifier.startsWith('.')) packages.add(packageOf(specifier));
      else visit(relative('.', join(dirname(file), specifier)).replace(/\.js$/, '.ts'));
    }
  };
  visit(start);
  return [...packages];
}

function isDefaultExport(node: ts.Statement): boolean {
  return (
    ts.isExportAssignment(node) ||
    (ts.canHaveModifiers(node) &&
      (ts.getModifiers(node) ?? []).some((each) => each.kind === ts.SyntaxKind.DefaultKeyword))
  );
}

function longFunctions(file: string): readonly string[] {
  const source = sourceOf(file);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const line = (position: number) => source.getLineAndCharacterOfPosition(position).line;
      const length = line(node.end) - line(node.getStart(source)) + 1;
      if (length > 70)
        found.push(`${file}, line ${line(node.getStart(source)) + 1}: ${length} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
