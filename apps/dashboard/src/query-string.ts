import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** The address holds what a page shows: filters can be shared and survive a reload. An empty value leaves the address. */
export const useQueryString = () => {
  const [query, setQuery] = useSearchParams();
  const set = useCallback(
    (changes: Readonly<Record<string, string | null>>) =>
      setQuery(
        (old) => {
          const next = new URLSearchParams(old);
          for (const [name, value] of Object.entries(changes))
            if (value === null || value === '') next.delete(name);
            else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setQuery],
  );
  return { query, set };
};

/** A value of the address, if it is one of those that it can be. */
export const oneOf = <T extends string>(values: readonly T[], value: string | null): T | null =>
  values.find((each) => each === value) ?? null;
