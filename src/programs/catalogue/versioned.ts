import type { Source } from '../../contract/property.js';
import { accept, type ConcurrentProgram, ELAPSE } from '../concurrent.js';
import { COUNTER, load } from '../program.js';
import { type VersionReader, versionRead } from '../pvclock.js';
import { seqcountWrite } from '../seqcount.js';
import {
  countedSection,
  hostOf,
  lineAt,
  lineFrom,
  publishing,
  type Row,
  readersOf,
} from './parts.js';

export const PVCLOCK: Source = {
  title: 'KVM pvclock ABI: Documentation/virt/kvm/x86/msr.rst',
  url: 'https://docs.kernel.org/virt/kvm/x86/msr.html',
};
const PAGE = ['tscTimestamp', 'systemTime'] as const;

/** A page with a version that the host makes odd and even: pvclock, vmclock. */
export function versioned(
  row: Row,
  reader: Partial<VersionReader> = {},
  afterwards: readonly string[] = [],
): ConcurrentProgram {
  const words = ['tscTimestamp', 'systemTime', ...afterwards];
  return {
    source: PVCLOCK,
    ...row,
    words: { version: 0n, ...Object.fromEntries(words.map((word) => [word, 0n])) },
    published: { version: 0, line: lineFrom(0n) },
    threads: (bounds) => [
      hostOf(function* () {
        for (let version = 1; version <= bounds.writes; version++) {
          yield ELAPSE;
          const now = yield COUNTER;
          const values = { tscTimestamp: now, systemTime: now };
          const published = { version, line: lineFrom(now) };
          const section = seqcountWrite({ words, sequence: 'version' });
          const details = { published, values, sequence: 'version', behindOdd: [ELAPSE] };
          yield* publishing(section, countedSection(version, details));
        }
      }),
      ...readersOf(bounds, function* () {
        const { counter, values } = yield* versionRead({ words: PAGE, ...reader });
        for (const word of afterwards) yield load(word);
        const [cycleLast = 0n, base = 0n] = values;
        const ns = lineAt({ cycleLast, mult: 1n, base }, counter);
        yield accept(words, { counter: true, ns });
      }),
    ],
  };
}
