import { readConfig } from '@ganglion/runtime';
import { z } from 'zod';

const text = z.string().optional();

/** Where users may have put a server of their own, and where things are cached. */
export const readTestkitConfig = () =>
  readConfig({
    NATS_URL: text,
    NATS_SERVER_URL: text,
    XDG_CACHE_HOME: text,
    PATH: z.string().default(''),
    /** The coordinates of the network that a Jest project's set-up started. */
    GANGLION_TEST_NETWORK: text,
    /** A folder into which networks of tests put their logs when they end. */
    GANGLION_KEPT_LOGS: text,
    /** A PostgreSQL for tests, as its superuser, with password. */
    GANGLION_TEST_POSTGRES: text,
  });

/** Children get what a program needs to run at all, and nothing else of ours: what they read is what we set. */
export const childEnvironment = (
  added: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> => {
  const own = readConfig({
    PATH: text,
    HOME: text,
    TMPDIR: text,
    LANG: text,
    NODE_EXTRA_CA_CERTS: text,
    LD_LIBRARY_PATH: text,
  });
  const all = Object.entries({ ...own, ...added });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
};
