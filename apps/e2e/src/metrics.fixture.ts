import type { ModuleName } from '@ganglion/contracts';
import type { NetworkAddress } from '@ganglion/testkit';

/** Counters of all replicas of a module, added up: those whose name and labels match. */
export const counted = async (
  { metricsUrls }: NetworkAddress,
  module: ModuleName,
  pattern: RegExp,
): Promise<number> => {
  const isReplica = (name: string): boolean =>
    name === module || (name.startsWith(`${module}-`) && /^\d+$/.test(name.slice(module.length + 1)));
  const replicas = Object.entries(metricsUrls).filter(([name]) => isReplica(name));
  if (replicas.length === 0) throw new Error(`nobody knows where ${module} tells its metrics`);
  const texts = await Promise.all(replicas.map(async ([, url]) => (await fetch(url)).text()));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => !line.startsWith('#') && pattern.test(line))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
};
