import type { GraphNode } from './graph-file.js';

/** Bits of weights for which ONNX Runtime has products with int8 activations. */
const WIDTHS: readonly unknown[] = [4, 8];

/**
 * What MatMulNBits calls `accuracy_level` 4: activations are rounded to int8, in blocks as long as the weights' and of one
 * row, so that a product of four or eight bit weights is one of whole numbers. llama.cpp computes the same way.
 */
export const ROUNDED = { accuracy_level: 4 } as const;

/**
 * Products of packed weights whose exporter left open how precisely they are to be computed. ONNX Runtime then unpacks all
 * weights to floats for several rows, which takes longer than the product, and computes one row otherwise than several,
 * so that a request's logits depend on how many others there are. A precision that was chosen stays.
 */
export function isUndecided({ operator, attributes }: GraphNode): boolean {
  return (
    operator === 'com.microsoft:MatMulNBits' &&
    WIDTHS.includes(attributes.get('bits') ?? 4) &&
    (attributes.get('accuracy_level') ?? 0) === 0
  );
}
