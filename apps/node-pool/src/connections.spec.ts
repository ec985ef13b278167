import { Connections } from './connections.js';

describe('connections', () => {
  it('tell a node gone only when its last one closes', () => {
    const connections = new Connections();
    connections.opened({ nodeId: 'a', key: 's/1' });
    connections.opened({ nodeId: 'a', key: 's/2' });
    expect(connections.closed({ nodeId: 'a', key: 's/1' })).toBe(false);
    expect(connections.closed({ nodeId: 'a', key: 's/2' })).toBe(true);
    expect(connections.has('a')).toBe(false);
  });

  it('that were never seen to open tell a node gone when they close', () => {
    expect(new Connections().closed({ nodeId: 'a', key: 's/1' })).toBe(true);
  });

  it('are corrected by a census, and by what happened while it was on its way', () => {
    const connections = new Connections();
    for (const nodeId of ['lost', 'kept', 'closing']) connections.opened({ nodeId, key: `${nodeId}/1` });
    connections.startCensus();
    connections.opened({ nodeId: 'new', key: 'new/1' });
    connections.closed({ nodeId: 'closing', key: 'closing/1' });
    const gone = connections.finishCensus([
      { nodeId: 'kept', key: 'kept/1' },
      { nodeId: 'closing', key: 'closing/1' },
      { nodeId: 'found', key: 'found/1' },
    ]);
    expect(gone).toEqual(['lost']);
    expect(['kept', 'new', 'found', 'closing', 'lost'].filter((id) => connections.has(id))).toEqual([
      'kept',
      'new',
      'found',
    ]);
  });

  it('stay as counted when a census fails', () => {
    const connections = new Connections();
    connections.opened({ nodeId: 'a', key: 's/1' });
    connections.startCensus();
    connections.dropCensus();
    expect(connections.has('a')).toBe(true);
  });
});
