import { Fault } from '@ganglion/contracts';

/** `major.minor.patch`, as numbers. */
export type Version = readonly [number, number, number];

/** @returns undefined when it is no such version */
export const parseVersion = (text: string): Version | undefined => {
  const found = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
};

const isOlder = (one: Version, other: Version): boolean => {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at >= 0 && one[at]! < other[at]!;
};

/**
 * Lets in nodes whose software is of a version or later. `declared` is `<software>/<version>`; what follows the version
 * after `-` or `+` is of no account.
 * @throws Fault `INVALID` naming the remedy
 */
export const checkVersion = (declared: string, least: Version | undefined): void => {
  if (!least) return;
  const wanted = least.join('.');
  const version = parseVersion(declared.slice(declared.lastIndexOf('/') + 1).replace(/[-+].*$/s, ''));
  if (!version)
    throw new Fault(
      'INVALID',
      `declared.version: ${JSON.stringify(declared)} tells no version; this network needs ${wanted} or later`,
    );
  if (isOlder(version, least))
    throw new Fault(
      'INVALID',
      `declared.version: ${declared} is too old; update the miner to ${wanted} or later`,
    );
};
