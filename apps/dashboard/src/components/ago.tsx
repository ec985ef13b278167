import { age } from '../format.js';
import { useNow } from '../time.js';

/** How long ago; the time itself when pointed at. */
export const Ago = ({ at }: { at: string | null | undefined }) => {
  const now = useNow();
  if (at == null) return <span>–</span>;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()} style={{ whiteSpace: 'nowrap' }}>
      {age(at, now)} ago
    </time>
  );
};
