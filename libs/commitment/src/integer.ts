export const MAX_U16 = 0xffff;
export const MAX_U32 = 0xffff_ffff;
export const MIN_I32 = -0x8000_0000;
export const MAX_I32 = 0x7fff_ffff;

/**
 * Refuses what a DataView would silently wrap: a wrapped number would commit to another value than the one sent.
 * @throws RangeError naming `field` when `value` is not an integer in [min, max].
 */
export function requireInteger(value: number, field: string, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${field} must be an integer from ${min} to ${max}, not ${String(value)}`);
  }
}
