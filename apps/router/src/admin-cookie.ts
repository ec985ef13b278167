/** The cookie of a logged-in operator's browser (RFC 6265). Scripts cannot read it, other sites cannot have it sent. */
export const ADMIN_COOKIE = 'ganglion_admin';

/** The cookie's value in a `Cookie` header; undefined if it is not there. The first of several counts. */
export const adminCookieOf = (header: string | undefined): string | undefined => {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === ADMIN_COOKIE && value !== undefined) return value.trim();
  }
  return undefined;
};

/**
 * The `Set-Cookie` header that keeps this value so long, or forgets it at 0 seconds.
 * @param isSecure the browser came over https: it must never send it otherwise
 */
export const setAdminCookie = (
  value: string,
  { maxAgeSeconds, isSecure }: { maxAgeSeconds: number; isSecure: boolean },
): string => {
  const attributes = [`Max-Age=${maxAgeSeconds}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
  return [`${ADMIN_COOKIE}=${value}`, ...attributes, ...(isSecure ? ['Secure'] : [])].join('; ');
};
