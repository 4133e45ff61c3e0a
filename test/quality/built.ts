import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function newest(folder: string): number {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return Math.max(0, ...files.map((file) => statSync(join(root, folder, file)).mtimeMs));
}

/** Tests of quality run the built files: builds them anew where a source is newer. */
export default function build(): void {
  const isBuilt = statSync(join(root, 'dist'), { throwIfNoEntry: false }) !== undefined;
  if (isBuilt && newest('dist') > newest('src')) return;
  execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'inherit' });
}
