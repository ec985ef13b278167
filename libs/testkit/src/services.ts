import { databaseModules, type ModuleName, moduleNames } from '@ganglion/contracts';
import { schemaName } from '@ganglion/database';
import type { DataFolder } from './data-folder.js';
import { freePort } from './free-port.js';
import { Program } from './program.js';
import { appProgram } from './repository.js';

export interface ServicePlace {
  data: DataFolder;
  natsUrl: string;
  databaseServer: string;
  /** Where the router listens, and where clients reach it. */
  router: { host: string; port: number; url: string };
  logLevel: string;
  clockFile?: string | undefined;
}

const ownsTables = (module: ModuleName): boolean => (databaseModules as readonly string[]).includes(module);

/** Every module's service, not yet started. */
export const services = (place: ServicePlace): Promise<Program[]> =>
  Promise.all(moduleNames.map((module) => service(module, place)));

const service = async (module: ModuleName, place: ServicePlace): Promise<Program> => {
  const { data, natsUrl, router } = place;
  const healthPort = await freePort();
  const database = new URL(place.databaseServer);
  database.username = schemaName(module);
  return new Program({
    name: module,
    file: appProgram(module),
    logFile: data.logFile(module),
    readyUrl: `${module === 'router' ? router.url : `http://127.0.0.1:${healthPort}`}/readyz`,
    env: {
      NODE_ENV: 'production',
      NATS_URL: natsUrl,
      SECRETS_DIR: data.secrets(module),
      HEALTH_PORT: String(healthPort),
      LOG_LEVEL: place.logLevel,
      CLOCK_FILE: place.clockFile,
      ...(ownsTables(module) ? { DATABASE_URL: database.href } : {}),
      ...(module === 'router'
        ? { HOST: router.host, PORT: String(router.port), PUBLIC_URL: router.url }
        : {}),
    },
  });
};
