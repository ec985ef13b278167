import { randomBytes } from 'node:crypto';
import { type ApiKeyFacts, Fault } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { adminCookieOf } from './admin-cookie.js';
import { ApiKeysService } from './api-keys.service.js';
import { isAdmin } from './ownership.js';
import { ROUTER_CONFIG, type RouterConfig } from './router.config.js';
import { type Login, openLogin, sealLogin } from './sealed-login.js';

export const LOGIN_SECONDS = 12 * 3_600;

/** A logged-in browser: the facts of its key as they are now. */
export interface LoggedIn {
  readonly caller: ApiKeyFacts;
  readonly expiresAt: number;
}

/** Operators' browsers: their API key travels in a sealed cookie, and is authenticated again with each request. */
@Injectable()
export class AdminLogins {
  readonly #secret: string;

  constructor(
    private readonly keys: ApiKeysService,
    private readonly clock: Clock,
    @Inject(ROUTER_CONFIG) config: RouterConfig,
  ) {
    this.#secret = config.cookieSecret ?? randomBytes(32).toString('hex');
    if (config.cookieSecret === undefined)
      new Logger('AdminLogins').warn(
        'no cookie.secret in SECRETS_DIR: logins end with this process, and other replicas do not know them; provision keys makes one',
      );
  }

  /**
   * The cookie's value for an admin's key.
   * @throws Fault UNAUTHENTICATED for an unknown key, FORBIDDEN for one that lacks the scope `admin`
   */
  async login(key: string): Promise<string> {
    this.requireAdmin(await this.keys.authenticate(key));
    return sealLogin({ key, expiresAt: this.clock.ms() + LOGIN_SECONDS * 1_000 }, this.#secret);
  }

  /**
   * Whose browser sends this `Cookie` header; undefined if it holds no login at all.
   * @throws Fault UNAUTHENTICATED for a login that is over, or whose key was revoked
   */
  async find(cookies: string | undefined): Promise<LoggedIn | undefined> {
    const sealed = adminCookieOf(cookies);
    if (sealed === undefined || sealed === '') return undefined;
    const { key, expiresAt } = this.open(sealed);
    const caller = await this.keys.authenticate(key);
    this.requireAdmin(caller);
    return { caller, expiresAt };
  }

  private open(sealed: string): Login {
    const login = openLogin(sealed, this.#secret, this.clock.ms());
    if (login) return login;
    throw new Fault('UNAUTHENTICATED', 'the login is over: log in again', { reason: 'login_expired' });
  }

  private requireAdmin(caller: ApiKeyFacts): void {
    if (isAdmin(caller)) return;
    throw new Fault('FORBIDDEN', 'this needs an API key with the scope "admin": use another key');
  }
}
