import { rm } from 'node:fs/promises';

export default async () => {
  const started = globalThis.ganglionTestPostgres;
  if (!started) return;
  await started.server.stop();
  await rm(started.folder, { recursive: true, force: true });
};
