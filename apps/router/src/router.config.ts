import { resolve } from 'node:path';
import { readConfig, secret } from '@ganglion/runtime';
import { z } from 'zod';
import { builtDashboard } from './dashboard.config.js';
import { type ModelAliases, readModelAliases } from './model-aliases.js';

const aliases = z
  .string()
  .default('')
  .transform((text, context): ModelAliases => {
    try {
      return readModelAliases(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

/** The router's own environment. */
export const readRouterConfig = () => ({
  ...readConfig({
    PORT: z.coerce.number().int().min(0).max(65_535).default(8_080),
    HOST: z.string().default('127.0.0.1'),
    /** Other names of models: `gpt-4o-mini=tiny,default=tiny`. */
    MODEL_ALIASES: aliases,
    /** A task that takes longer is EXPIRED. */
    TASK_TIMEOUT_SECONDS: z.coerce.number().int().min(1).max(3_600).default(600),
    /** Joins and nonces one address may ask for in a minute. */
    JOINS_PER_MINUTE: z.coerce.number().int().min(1).default(120),
    /** Logins one address may try in a minute. */
    LOGINS_PER_MINUTE: z.coerce.number().int().min(1).default(10),
    /** Behind a proxy of your own: believe its X-Forwarded-For, -Proto and -Host. */
    TRUST_PROXY: z.stringbool().default(false),
    /** The folder of the dashboard's build. */
    DASHBOARD_DIR: z
      .string()
      .min(1)
      .transform((path) => resolve(path))
      .default(builtDashboard),
  }),
  /** Seals the cookies of operators' browsers; the same for all replicas. */
  cookieSecret: secret('cookie.secret'),
});

export type RouterConfig = ReturnType<typeof readRouterConfig>;
export const ROUTER_CONFIG = Symbol('router config');
