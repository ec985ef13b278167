/** IEEE 754 binary16, as unsigned 16-bit patterns, to numbers. */
function fromHalf(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >>> 10) & 0x1f;
  const fraction = pattern & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return (sign * fraction) / 0x1000000;
  const magnitude = (0x400 + fraction) / 0x400;
  return exponent >= 15
    ? sign * magnitude * (1 << (exponent - 15))
    : (sign * magnitude) / (1 << (15 - exponent));
}

/** Half-precision numbers, by their patterns, as single-precision ones. */
export function halvesToFloats(patterns: Uint16Array): Float32Array {
  return Float32Array.from(patterns, fromHalf);
}
