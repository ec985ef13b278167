/** First parts of the addresses that are the interface's own: what is unknown among them is an error, not a page. */
const interfaces: ReadonlySet<string> = new Set([
  'v1',
  'admin',
  '.well-known',
  'healthz',
  'readyz',
  'metrics',
  'openapi.json',
  'socket.io',
]);

/** What an address without a route of its own is: a file of the dashboard, its page, or nothing. */
export type PagePart = 'asset' | 'file' | 'page' | 'nothing';

/**
 * @param path without its leading slash, decoded
 * @param accept what the client wants to have, of its header
 */
export const pagePartOf = (path: string, accept: string | undefined): PagePart => {
  if (path === '') return 'page';
  const parts = path.split('/');
  if (interfaces.has(parts[0] ?? '')) return 'nothing';
  // Vite puts the hash of its content into the name of each asset: under one name it never changes.
  if (parts[0] === 'assets') return 'asset';
  if (accept !== undefined && /\btext\/html\b/i.test(accept)) return 'page';
  return parts.at(-1)?.includes('.') ? 'file' : 'nothing';
};

/** Endings of packed files beside the plain ones, by what `Accept-Encoding` calls them; the smallest first. */
const packings = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
] as const;
export type Packing = (typeof packings)[number];

/** What a client can unpack, best first. @param accepted its header `Accept-Encoding` */
export const packingsFor = (accepted: string | undefined): Packing[] => {
  const named = (accepted ?? '').split(',').map((each) => each.trim().toLowerCase());
  const usable = named
    .filter((each) => !/;\s*q=0(\.0*)?$/.test(each))
    .map((each) => each.split(';')[0]?.trim());
  return packings.filter(({ encoding }) => usable.includes(encoding));
};
