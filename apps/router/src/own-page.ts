import { Fault } from '@ganglion/contracts';

/** The header that the dashboard's own scripts send with whatever changes something; a form of another site cannot. */
export const DASHBOARD_HEADER = 'x-ganglion-dashboard';

/** What of a request tells where it comes from. */
export interface Sender {
  readonly method: string;
  readonly origin: string | undefined;
  /** Which the browser asked: the `Host` header, or what a trusted proxy says that it was. */
  readonly host: string | undefined;
  /** The header `X-Ganglion-Dashboard`. */
  readonly mark: string | undefined;
}

/**
 * A cookie is sent whoever made the browser ask: what changes something must come from the dashboard's own page.
 * @throws Fault FORBIDDEN for a request that another site may have made
 */
export const requireOwnPage = (sender: Sender): void => {
  if (sender.method === 'GET' || sender.method === 'HEAD') return;
  requireOwnOrigin(sender);
  if (sender.mark !== '1')
    throw foreign('a request with the cookie needs the header X-Ganglion-Dashboard: 1, or use an API key');
};

/** @throws Fault FORBIDDEN when a browser says that another site's page asks */
export const requireOwnOrigin = ({ origin, host }: Pick<Sender, 'origin' | 'host'>): void => {
  if (origin === undefined || isOwn(origin, host)) return;
  throw foreign(
    'the page that asks is of another origin than this router; behind a proxy, pass the Host header on, or set TRUST_PROXY',
  );
};

/** Compared as URLs, as both may leave out the port that goes without saying. */
const isOwn = (origin: string, host: string | undefined): boolean => {
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  const asked = `${page.protocol}//${host}`;
  return URL.canParse(asked) && new URL(asked).host === page.host;
};

const foreign = (message: string): Fault => new Fault('FORBIDDEN', message, { reason: 'foreign_page' });
