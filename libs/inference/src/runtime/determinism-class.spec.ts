import { determinismClass, instructionSet } from './determinism-class.js';

describe('the determinism class', () => {
  it('is readable and names what decides the bits', () => {
    expect(determinismClass('1.30.0', 'cpu')).toMatch(/^ort1\.30\.0-cpu-[a-z0-9_-]+-prefill64$/);
  });

  it('is the same whenever the same machine is asked', () => {
    expect(determinismClass('1.30.0', 'cpu')).toBe(determinismClass('1.30.0', 'cpu'));
    expect(determinismClass('1.30.0', 'cpu', true)).not.toBe(determinismClass('1.30.0', 'cpu'));
    expect(determinismClass('1.31.0', 'cpu')).not.toBe(determinismClass('1.30.0', 'cpu'));
  });

  it.each([
    ['x64', 'sse2 avx avx2 fma avx512f avx512bw avx512dq avx512vl avx512_vnni', 'avx512vnni'],
    ['x64', 'sse2 avx avx2 fma avx512f avx512bw avx512dq avx512vl', 'avx512'],
    ['x64', 'sse2 avx avx2 fma avx_vnni', 'avxvnni'],
    ['x64', 'sse2 avx avx2 fma', 'avx2'],
    ['x64', 'sse2', 'x64-baseline'],
    ['arm64', 'fp asimd asimddp i8mm', 'neon-i8mm'],
    ['arm64', 'fp asimd asimddp', 'neon-dotprod'],
  ])('on %s with %s is the best that the runtime uses: %s', (architecture, flags, expected) => {
    expect(instructionSet(new Set(flags.split(' ')), architecture)).toBe(expected);
  });

  it("falls back to the processor's name where the system does not list its flags", () => {
    expect(instructionSet(new Set(), 'arm64')).toMatch(/^arm64-[a-z0-9_]+$/);
  });
});
