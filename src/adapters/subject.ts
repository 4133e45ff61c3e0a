import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SubjectError, UsageError } from '../contract/errors.js';
import type { Subject } from '../contract/subject.js';
import { jsonOf } from '../contract/wire.js';
import { messageOf, unreadable } from './files.js';

/** How a module is brought in; tests put other ones in their place. */
export interface Importers {
  /** As `import()`. */
  readonly native: (url: string) => Promise<unknown>;
  /** `tsImport` of tsx, or undefined where tsx is not installed for `path`. */
  readonly tsx: (
    path: string,
  ) => Promise<((url: string, parent: string) => Promise<unknown>) | undefined>;
}

const SCRIPTS = ['.js', '.mjs', '.cjs'];
const TYPESCRIPT = ['.ts', '.mts', '.cts'];

const IMPORTERS: Importers = { native: (url) => import(url), tsx: findTsx };

/**
 * Loads the module at `path` and takes its subject: `export const subject`, a default export, or a
 * function under either name that makes one.
 *
 * TypeScript is loaded by Node where it can, else through the optional peer tsx.
 *
 * @throws {UsageError} where there is no such file, it is no module, or tsx is missing.
 * @throws {SubjectError} where the module fails, or what it exports is not a subject.
 */
export async function loadSubject(
  path: string,
  importers: Partial<Importers> = {},
): Promise<Subject> {
  const module = await loadModule(path, importers);
  return made(exported(module, path), path);
}

/**
 * Brings in a module of the user's.
 *
 * @throws as {@link loadSubject}
 */
export async function loadModule(
  path: string,
  importers: Partial<Importers> = {},
): Promise<unknown> {
  const extension = extname(path);
  if (!SCRIPTS.includes(extension) && !TYPESCRIPT.includes(extension)) {
    throw new UsageError(
      `${path} is not a module: expected a file that ends in ` +
        `${[...SCRIPTS, ...TYPESCRIPT].join(', ')}.\n` +
        '  A program in another language can not be checked by this version.',
    );
  }
  try {
    await access(path);
  } catch (error) {
    throw await unreadable(path, error);
  }
  return load(resolve(path), path, TYPESCRIPT.includes(extension), {
    ...IMPORTERS,
    ...importers,
  });
}

async function load(
  absolute: string,
  path: string,
  typescript: boolean,
  importers: Importers,
): Promise<unknown> {
  const url = pathToFileURL(absolute).href;
  try {
    return await importers.native(url);
  } catch (error) {
    if (!typescript || !isUnknownExtension(error)) throw failed(path, error);
  }
  const tsImport = await importers.tsx(absolute);
  if (tsImport === undefined) {
    throw new UsageError(
      `${path} is TypeScript, which Node ${process.versions.node} does not load by itself.\n` +
        '  Install tsx, and it does: npm install --save-dev tsx',
    );
  }
  try {
    return await tsImport(url, url);
  } catch (error) {
    throw failed(path, error);
  }
}

function failed(path: string, error: unknown): SubjectError {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new SubjectError(`${path} could not be loaded:\n  ${what}`, { cause: error });
}

function isUnknownExtension(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION';
}

/** tsx as seen from this package, else as seen from the user's file. */
async function findTsx(path: string): ReturnType<Importers['tsx']> {
  return (await tsxSeenFrom(import.meta.url)) ?? tsxSeenFrom(path);
}

/** tsx as a module at `from` would import it, or undefined where it is not installed. */
export async function tsxSeenFrom(from: string): ReturnType<Importers['tsx']> {
  try {
    // The answer is the build for require(), whose hooks fail from here; beside it is that for import().
    const api = createRequire(from)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs');
    const { tsImport }: typeof import('tsx/esm/api') = await import(pathToFileURL(api).href);
    return tsImport;
  } catch {
    return undefined;
  }
}

function exported(module: unknown, path: string): unknown {
  if (typeof module === 'object' && module !== null) {
    if ('subject' in module) return module.subject;
    if ('default' in module) {
      const main: unknown = module.default;
      // A CommonJS module that is imported has its exports there.
      const inner = typeof main === 'object' && main !== null && 'subject' in main;
      return inner ? main.subject : main;
    }
  }
  const names = Object.keys(module ?? {}).join(', ') || 'nothing';
  throw new SubjectError(
    `${path} exports no subject: it exports ${names}.\n` +
      '  Expected `export const subject = { mode, name, run }`, or a function that makes one.',
  );
}

async function made(given: unknown, path: string): Promise<Subject> {
  let value = given;
  if (typeof given === 'function') {
    try {
      value = await given();
    } catch (error) {
      throw new SubjectError(`${path} could not make its subject: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
  const wrong = whatIsWrong(value);
  if (wrong === undefined && isSubject(value)) return value;
  throw new SubjectError(
    `${path} exports something that is not a subject: ${wrong}.\n` +
      '  Expected { mode: "sync" | "async" | "live", name, run(schedule, emit) }, ' +
      'and close() unless it is "sync".',
  );
}

function whatIsWrong(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return `it is ${shown(value)}`;
  const part = (name: string): unknown => Reflect.get(value, name);
  const mode = part('mode');
  if (mode !== 'sync' && mode !== 'async' && mode !== 'live') return `"mode" is ${shown(mode)}`;
  if (typeof part('name') !== 'string' || part('name') === '') {
    return `"name" is ${shown(part('name'))}, not a text`;
  }
  if (typeof part('run') !== 'function') return `"run" is ${shown(part('run'))}, not a function`;
  if (mode === 'sync') return undefined;
  if (typeof part('close') !== 'function') {
    return `"close" is ${shown(part('close'))}, not a function`;
  }
  const budget = part('hostTimePerRunMs');
  if (mode === 'live' && !(typeof budget === 'number' && budget > 0)) {
    return `"hostTimePerRunMs" is ${shown(budget)}, not a number of ms above 0`;
  }
  return undefined;
}

function isSubject(value: unknown): value is Subject {
  return whatIsWrong(value) === undefined;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'function' ? 'a function' : jsonOf(value);
}
