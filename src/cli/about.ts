import { readFileSync } from 'node:fs';
import type { About } from '../contract/outcome.js';

/** The version in package.json, two folders above both src/cli and dist/cli. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const named = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return named ? String(manifest.version) : 'unknown';
}

/** What a report without a machine of its own speaks of: the newest kernel and KVM rules. */
export function about(): About {
  return { version: packageVersion(), kernel: '6.12.117', kvm: '6.12' };
}
