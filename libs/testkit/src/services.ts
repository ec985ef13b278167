import { databaseModules, type ModuleName, moduleNames } from '@ganglion/contracts';
import { schemaName } from '@ganglion/database';
import type { DataFolder } from './data-folder.js';
import { freePort } from './free-port.js';
import type { ServiceEnv } from './network-options.js';
import { Program } from './program.js';
import { appProgram } from './repository.js';

export interface RouterPlace {
  host: string;
  port: number;
  url: string;
}

export interface ServicePlace {
  data: DataFolder;
  natsUrl: string;
  databaseServer: string;
  /** Where each replica of the router listens, and where clients reach it. */
  routers: readonly RouterPlace[];
  /** Of every other module. */
  replicas: number;
  logLevel: string;
  clockFile?: string | undefined;
  /** Added to what each module's processes are given. */
  env: ServiceEnv;
}

const ownsTables = (module: ModuleName): boolean => (databaseModules as readonly string[]).includes(module);

/** The further replicas of the router serve this machine alone. */
export const freeRouters = (count: number): Promise<RouterPlace[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const port = await freePort();
      return { host: '127.0.0.1', port, url: `http://127.0.0.1:${port}` };
    }),
  );

/** The first replica goes by its module's name, the next ones by `<module>-2`… */
const replicaName = (module: ModuleName, index: number): string =>
  index === 0 ? module : `${module}-${index + 1}`;

/** Every module's service in all its replicas, not yet started. */
export const services = (place: ServicePlace): Promise<Program[]> =>
  Promise.all(
    moduleNames.flatMap((module) => {
      const replicas = module === 'router' ? place.routers.length : place.replicas;
      return Array.from({ length: replicas }, (_, index) => service(module, index, place));
    }),
  );

const service = async (module: ModuleName, index: number, place: ServicePlace): Promise<Program> => {
  const { data, natsUrl } = place;
  const router = module === 'router' ? place.routers[index] : undefined;
  const name = replicaName(module, index);
  const healthPort = await freePort();
  const database = new URL(place.databaseServer);
  database.username = schemaName(module);
  return new Program({
    name,
    file: appProgram(module),
    logFile: data.logFile(name),
    readyUrl: `${router ? router.url : `http://127.0.0.1:${healthPort}`}/readyz`,
    env: {
      NODE_ENV: 'production',
      NATS_URL: natsUrl,
      SECRETS_DIR: data.secrets(module),
      HEALTH_PORT: String(healthPort),
      LOG_LEVEL: place.logLevel,
      CLOCK_FILE: place.clockFile,
      ...(ownsTables(module) ? { DATABASE_URL: database.href } : {}),
      ...(router ? { HOST: router.host, PORT: String(router.port), PUBLIC_URL: router.url } : {}),
      ...place.env[module],
    },
  });
};
