/** A cell in which the checker and the specification of the matrix part, argued in docs/decisions/0009-matrix.md. */
export interface DifferentCell {
  readonly cell: string;
  readonly specified: string;
  readonly computed: string;
}

/** In the order of the specification. */
export const DIFFERENT: readonly DifferentCell[] = [];
