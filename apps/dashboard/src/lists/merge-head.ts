/**
 * A list that grows at its head, newest first: what was read last comes first, the older pages after it.
 * @returns `hasGap` when the head no longer reaches the older rows: something between them was never read
 */
export const mergeHead = <Row>(
  head: readonly Row[],
  older: readonly Row[],
  idOf: (row: Row) => string,
): { rows: readonly Row[]; hasGap: boolean } => {
  const inHead = new Set(head.map(idOf));
  const rest = older.filter((row) => !inHead.has(idOf(row)));
  const hasGap = head.length > 0 && older.length > 0 && rest.length === older.length;
  return { rows: [...head, ...rest], hasGap };
};
