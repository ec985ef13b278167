import type { NodeView } from '@ganglion/contracts';
import { memo } from 'react';
import { Link } from 'react-router';
import { compact, shortNode, stateName } from '../format.js';
import { fillOf } from '../states.js';

/** With more nodes than this a tile has no room for words. */
const MOST_WITH_WORDS = 120;

/** The pool at a glance: a tile per node, coloured by state. */
export const NodeTiles = ({ nodes }: { nodes: readonly NodeView[] }) => {
  const isSmall = nodes.length > MOST_WITH_WORDS;
  return (
    <div
      className="tiles"
      style={{ '--tile': isSmall ? '16px' : '132px' } as React.CSSProperties}
      role="list"
      aria-label="tiles of nodes"
      tabIndex={isSmall ? 0 : undefined}
      data-testid="tiles"
    >
      {nodes.map((node) => (
        <Tile key={node.nodeId} node={node} isSmall={isSmall} />
      ))}
    </div>
  );
};

const Tile = memo(({ node, isSmall }: { node: NodeView; isSmall: boolean }) => {
  const { nodeId, state, model, tokensPerSecond, level } = node;
  const facts = `${shortNode(nodeId)}, ${stateName(state)}, ${model}`;
  return (
    <div role="listitem">
      <Link
        to={`/nodes/${nodeId}`}
        className={isSmall ? 'tile tile-small' : 'tile'}
        style={{ '--tile-colour': fillOf(state) } as React.CSSProperties}
        title={facts}
        aria-label={isSmall ? facts : undefined}
        data-state={state}
      >
        {!isSmall && (
          <>
            <span className="mono">{shortNode(nodeId)}</span>
            <strong>{stateName(state)}</strong>
            <span>{model}</span>
            <span>
              {tokensPerSecond === null ? 'not measured' : `${compact(tokensPerSecond)} tok/s`}
              {level === undefined ? '' : ` · L${level}`}
            </span>
          </>
        )}
      </Link>
    </div>
  );
});
Tile.displayName = 'Tile';
