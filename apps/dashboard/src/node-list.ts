import type { NodeState, NodeView } from '@ganglion/contracts';

export interface NodeFilter {
  readonly text: string;
  readonly state: NodeState | null;
  readonly model: string | null;
  /** At least. */
  readonly level: number | null;
}

/** How many rows there are of each kind. */
export const countBy = <Row, Key extends string>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): Partial<Record<Key, number>> => {
  const counts: Partial<Record<Key, number>> = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
};

/** Those that the filter lets through; the text is looked for in what a row shows. */
export const filterNodes = (nodes: readonly NodeView[], filter: NodeFilter): readonly NodeView[] => {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return nodes.filter(
    (node) =>
      (filter.state === null || node.state === filter.state) &&
      (filter.model === null || node.model === filter.model) &&
      (filter.level === null || (node.level ?? 0) >= filter.level) &&
      words.every((word) => haystack(node).includes(word)),
  );
};

const haystack = ({ nodeId, model, state, determinismClass, version, reason, declared }: NodeView): string =>
  [nodeId, model, state, determinismClass, version, reason?.code, declared?.cpu].join(' ').toLowerCase();

/** A sort by what `valueOf` gives; nothing at all comes last, in both directions. */
export const sortedBy = <Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => string | number | null | undefined,
  isDescending: boolean,
): readonly Row[] =>
  rows.toSorted((one, other) => {
    const [a, b] = [valueOf(one), valueOf(other)];
    if (a == null || b == null) return a == null ? (b == null ? 0 : 1) : -1;
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
    return isDescending ? -order : order;
  });
