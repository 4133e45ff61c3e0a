import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import type { conform } from '../../../src/app/conform.js';

const SRC = join(import.meta.dirname, '../../../src');
/** Where Node finds no package.json but ours; below node_modules, so vitest imports from there as Node does. */
const CACHE = join(import.meta.dirname, '../../../node_modules/.cache');
const ENTRY = 'app/conform.ts';

/** A file of the core, by its path under `src`. */
export type SourceFile = `${'model' | 'math'}/${string}.ts`;

/** The conformance replay and all that it imports, transpiled, to be copied with one file changed. */
export class SourceTree {
  private readonly scripts = new Map<string, string>();
  private readonly root: string;
  private copies = 0;

  constructor() {
    mkdirSync(CACHE, { recursive: true });
    this.root = mkdtempSync(join(CACHE, 'tickproof-mutations-'));
    writeFileSync(join(this.root, 'package.json'), '{"type":"module"}');
    this.add(ENTRY);
  }

  /** `conform` of a copy of the tree in which `from` is `to`. */
  async mutated(file: SourceFile, from: string, to: string): Promise<typeof conform> {
    if (!this.scripts.has(file)) throw new Error(`${file} is no part of the core`);
    const script = transpile(replaceOnce(file, sourceOf(file), from, to));
    if (script === this.scripts.get(file)) {
      throw new Error(`${file}: the mutation changes nothing but types or comments: ${from}`);
    }
    const copy = join(this.root, String(this.copies++));
    for (const [path, text] of this.scripts) {
      const to = join(copy, path.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, path === file ? script : text);
    }
    const entry = pathToFileURL(join(copy, ENTRY.replace(/\.ts$/, '.js'))).href;
    const module: { conform: typeof conform } = await import(/* @vite-ignore */ entry);
    return module.conform;
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  private add(path: string): void {
    if (this.scripts.has(path)) return;
    const script = transpile(sourceOf(path));
    this.scripts.set(path, script);
    for (const [, specifier = ''] of script.matchAll(/from '(\.[^']+)\.js'/g)) {
      this.add(`${posix.join(posix.dirname(path), specifier)}.ts`);
    }
  }
}

/** @throws {Error} where the source has drifted away from the mutation */
export function replaceOnce(file: string, source: string, from: string, to: string): string {
  const found = source.split(from).length - 1;
  if (found === 1) return source.replace(from, () => to);
  throw new Error(
    `src/${file} has ${found} times, not once, what a mutation replaces; make it follow:\n${from}`,
  );
}

export function sourceOf(path: string): string {
  return readFileSync(join(SRC, path), 'utf8');
}

function transpile(source: string): string {
  const { ES2022 } = ts.ScriptTarget;
  return ts.transpileModule(source, {
    compilerOptions: {
      target: ES2022,
      module: ts.ModuleKind.ES2022,
      verbatimModuleSyntax: true,
      removeComments: true,
    },
  }).outputText;
}
