/** The most nodes that one round tests together. */
const GROUP = 8;

/** Splits a list into groups of at most `size`, in order. */
export const groupsOf = <T>(items: readonly T[], size = GROUP): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, group) =>
    items.slice(group * size, (group + 1) * size),
  );
