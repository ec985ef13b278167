/**
 * The official release of nats-server. The digests of the Linux archives are those of the project's own container
 * images (nats-io/nats-docker, 2.12.x), the ones for macOS those that hermit-packages took from the release's
 * SHA256SUMS; both sources agree where they overlap.
 */
export const natsRelease = {
  version: '2.12.8',
  archives: {
    'linux-amd64': '6abc397684567e133649688a13564ad6de786d64e88253fbb4f6a3aa8c2fca63',
    'linux-arm64': '7d20e93c23924cdd5cb6ec51c92f9478c97f9c8a0dbe049dd7ab88af115d622c',
    'darwin-amd64': '8880e133f45c6974468d351425db9a73ffe3b569850cad2bfbaa349d80939a7f',
    'darwin-arm64': '4556a7f617eb532587790344629a6a95261099b236524b764d1f10d6c14aba1a',
  },
} as const;

export type ReleasePlatform = keyof typeof natsRelease.archives;

/** Node's names for platform and architecture → the release's; undefined where there is no archive for it. */
export const releasePlatform = (platform: string, arch: string): ReleasePlatform | undefined => {
  const name = `${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  return name in natsRelease.archives ? (name as ReleasePlatform) : undefined;
};

export const releaseUrl = (platform: ReleasePlatform): string =>
  `https://github.com/nats-io/nats-server/releases/download/v${natsRelease.version}/nats-server-v${natsRelease.version}-${platform}.tar.gz`;
