import { rm } from 'node:fs/promises';

export default async () => {
  const started = globalThis.ganglionTestNetwork;
  if (!started) return;
  await started.network.stop();
  await rm(started.folder, { recursive: true, force: true });
};
