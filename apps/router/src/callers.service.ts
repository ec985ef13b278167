import type { ApiKeyFacts } from '@ganglion/contracts';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdminLogins, type LoggedIn } from './admin-login.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { DASHBOARD_HEADER, requireOwnOrigin, requireOwnPage, type Sender } from './own-page.js';
import { RequestLimits } from './request-limits.service.js';
import { ROUTER_CONFIG, type RouterConfig } from './router.config.js';

/** What a socket's handshake brings. */
interface Handshake {
  readonly auth: Record<string, unknown>;
  readonly headers: {
    cookie?: string | undefined;
    origin?: string | undefined;
    host?: string | undefined;
    'x-forwarded-host'?: string | string[] | undefined;
  };
}

/** Where a request comes from, as far as it says. */
export const senderOf = ({ method, headers, host }: FastifyRequest): Sender => {
  const mark = headers[DASHBOARD_HEADER];
  return { method, origin: headers.origin, host, mark: typeof mark === 'string' ? mark : undefined };
};

/** Who asks: by the key that is sent, or by the cookie of an operator's browser in its place. */
@Injectable()
export class Callers {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly logins: AdminLogins,
    private readonly limits: RequestLimits,
    @Inject(ROUTER_CONFIG) private readonly config: RouterConfig,
  ) {}

  /**
   * Who sends a request. Those with a key are counted; those of an operator's browser are not, as it asks by itself.
   * @throws Fault UNAUTHENTICATED, FORBIDDEN for a page of another site, LIMITED for a key that asks too often
   */
  async ofRequest(request: FastifyRequest): Promise<ApiKeyFacts> {
    const { authorization, cookie } = request.headers;
    const browser = authorization === undefined ? await this.logins.find(cookie) : undefined;
    if (browser) {
      requireOwnPage(senderOf(request));
      return browser.caller;
    }
    const caller = await this.keys.authenticateHeader(authorization);
    this.limits.count(caller);
    return caller;
  }

  /**
   * Who opens a socket: the key that its handshake names, or else the browser.
   * @param field of `auth` that holds the key
   * @throws Fault UNAUTHENTICATED, or FORBIDDEN for a page of another site
   */
  async ofHandshake({ auth, headers }: Handshake, field: string): Promise<LoggedIn> {
    const key = auth[field];
    if (key === undefined) {
      const found = await this.logins.find(headers.cookie);
      if (found) requireOwnOrigin({ origin: headers.origin, host: this.hostOf(headers) });
      if (found) return found;
    }
    const caller = await this.keys.authenticate(typeof key === 'string' ? key : '');
    return { caller, expiresAt: Infinity };
  }

  /** Counts what is asked over a socket. @throws Fault LIMITED when the key has used those of this minute */
  count(caller: ApiKeyFacts): void {
    this.limits.count(caller);
  }

  private hostOf(headers: Handshake['headers']): string | undefined {
    const forwarded = this.config.TRUST_PROXY ? headers['x-forwarded-host'] : undefined;
    return (typeof forwarded === 'string' ? forwarded.split(',')[0]?.trim() : undefined) ?? headers.host;
  }
}
