/** A cell in which the checker and the specification of the matrix part, argued in docs/decisions/0009-matrix.md. */
export interface DifferentCell {
  readonly cell: string;
  readonly specified: string;
  readonly computed: string;
}

/** In the order of the specification. */
export const DIFFERENT: readonly DifferentCell[] = [
  { cell: 'counters-run-on-moved M-', specified: 'Y', computed: 'n' },
  { cell: 'counters-run-on-moved Te', specified: 'Y', computed: 'n' },
  { cell: 'counters-run-on-moved Tl', specified: '-', computed: 'Y' },
  { cell: 'qemu-migrate-kvmclock-live W', specified: 'Y', computed: 'n' },
  { cell: 'kvm-clock-realtime-offsets-late R', specified: 'Yw', computed: 'n' },
  { cell: 'suspend-time-injection-late-enable R', specified: 'Yw', computed: 'n' },
  { cell: 'migration-counter-read-inside Sb', specified: 'n', computed: 'Y' },
  { cell: 'migration-counter-read-inside N', specified: 'n', computed: 'Y' },
  { cell: 'bounded-horizon-behind M-', specified: 'Y', computed: 'n' },
  { cell: 'bounded-horizon-behind Te', specified: 'Y', computed: 'n' },
  { cell: 'crosvm-pvclock-unordered R', specified: 'Yw', computed: 'n' },
  { cell: 'hyperv-reference-page-reenlightened N', specified: 'Y', computed: 'n' },
];
