import { readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import type { ProviderName } from '../engine.js';
import { CHUNK } from '../schedule/prompt-chunks.js';
import { graphicsCard } from './cuda.js';

/** Best first: the kernels ONNX Runtime's MLAS chooses by these flags give different bits. */
const X64_CLASSES: [name: string, flags: string[]][] = [
  ['amx', ['amx_tile', 'amx_int8']],
  ['avx512vnni', ['avx512f', 'avx512_vnni']],
  ['avx512', ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl']],
  ['avxvnni', ['avx_vnni']],
  ['avx2', ['avx2', 'fma']],
  ['avx', ['avx']],
];

const ARM64_CLASSES: [name: string, flags: string[]][] = [
  ['neon-i8mm', ['i8mm']],
  ['neon-dotprod', ['asimddp']],
];

/**
 * The class of machines that give the same bits: runtime version, execution provider, the CPU's instruction set or the
 * graphics card's name, into runs of how many tokens a prompt is cut, and whether products round where the model leaves it
 * open. The model is not part of it; its digest is compared beside it.
 */
export function determinismClass(
  runtimeVersion: string,
  provider: ProviderName,
  roundsActivations = false,
): string {
  const machine = provider === 'cuda' ? graphicsCard() : processorClass();
  return `ort${runtimeVersion}-${provider}-${machine}-prefill${CHUNK}${roundsActivations ? '-int8' : ''}`;
}

/** The instruction set of this machine's processor, as far as answers depend on it. */
export function processorClass(): string {
  return instructionSet(cpuFlags(), arch());
}

/** @param flags as in /proc/cpuinfo; empty where the system does not tell */
export function instructionSet(flags: ReadonlySet<string>, architecture: string): string {
  const classes = architecture === 'arm64' ? ARM64_CLASSES : X64_CLASSES;
  if (flags.size > 0) {
    const found = classes.find(([, needed]) => needed.every((flag) => flags.has(flag)));
    return found?.[0] ?? `${architecture}-baseline`;
  }
  // macOS and Windows name only the processor: two of the same name are alike.
  const processor = cpus()[0]?.model ?? 'unknown';
  return `${architecture}-${processor.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`;
}

function cpuFlags(): Set<string> {
  if (platform() !== 'linux') return new Set();
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return new Set(line?.[1]?.trim().split(/\s+/) ?? []);
  } catch {
    return new Set(); // no /proc in some containers: then the processor's name has to do
  }
}
