import type { DesignEntry, Entry, FaultEntry } from '../src/contract/catalogue.js';

export function lawsPage(laws: readonly Entry[], designs: readonly DesignEntry[]): string;
export function faultsPage(faults: readonly FaultEntry[]): string;
export function programsPage(
  programs: readonly (Entry & {
    readonly soundOn: readonly string[];
    readonly breaks: readonly string[];
  })[],
): string;
