import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What a process was given and what it lacks: one line per variable. */
const table = (issues: z.core.$ZodIssue[]): string =>
  issues
    .map(({ path, message }) => {
      const name = path.map(String).join('.');
      const given = process.env[name];
      return `  ${name.padEnd(24)} ${given === undefined ? 'missing' : `"${given.slice(0, 40)}"`}: ${message}`;
    })
    .join('\n');

/**
 * Reads the environment by a zod shape. A missing or wrong variable prints the table of what is needed and ends
 * the process with code 2: a service that guesses its configuration is worse than one that does not start.
 */
export const readConfig = <S extends z.ZodRawShape>(shape: S): z.infer<z.ZodObject<S>> => {
  const parsed = z.object(shape).safeParse(process.env);
  if (parsed.success) return parsed.data;
  process.stderr.write(
    `The configuration is incomplete. Set these environment variables:\n${table(parsed.error.issues)}\n`,
  );
  process.exit(2);
};

/** The environment every process understands. */
export const readBaseConfig = () =>
  readConfig({
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
    HEALTH_HOST: z.string().default('127.0.0.1'),
    CLOCK_FILE: z.string().optional(),
    EXIT_WITH_PARENT: z.stringbool().default(false),
  });

/** The environment of every service that has credentials at the broker. */
export const readBrokerConfig = () =>
  readConfig({ NATS_URL: z.string().min(1), SECRETS_DIR: z.string().min(1) });

/** A secret from the module's own folder, trimmed; undefined if there is none. */
export const secret = (name: string): string | undefined => {
  const { SECRETS_DIR } = readConfig({ SECRETS_DIR: z.string().min(1) });
  try {
    return readFileSync(join(SECRETS_DIR, name), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** DATABASE_URL with the module's password from its secrets folder. */
export const databaseUrl = (): string => {
  const { DATABASE_URL } = readConfig({ DATABASE_URL: z.url() });
  const url = new URL(DATABASE_URL);
  const password = secret('database.password');
  if (password) url.password = password;
  return url.toString();
};
