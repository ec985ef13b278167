/** One client's connection to one of the broker's servers. */
export interface Connection {
  readonly nodeId: string;
  /** Server and connection number: unique in the cluster. */
  readonly key: string;
}

/**
 * Which nodes are connected, counted by connection: a miner that renews its credential opens the next connection
 * before it closes the last one, and must not look dead in between.
 */
export class Connections {
  #byNode = new Map<string, Set<string>>();
  /** What happened while a census was on its way: its list may be older than that. */
  #meanwhile: { opened: Connection[]; closed: Set<string> } | undefined;

  opened(connection: Connection): void {
    this.#meanwhile?.opened.push(connection);
    const keys = this.#byNode.get(connection.nodeId) ?? new Set();
    this.#byNode.set(connection.nodeId, keys.add(connection.key));
  }

  /** Answers whether that was the node's last connection. */
  closed({ nodeId, key }: Connection): boolean {
    this.#meanwhile?.closed.add(key);
    const keys = this.#byNode.get(nodeId);
    keys?.delete(key);
    if (keys && keys.size > 0) return false;
    this.#byNode.delete(nodeId);
    return true;
  }

  has(nodeId: string): boolean {
    return this.#byNode.has(nodeId);
  }

  /** To be called before asking the servers for all connections. */
  startCensus(): void {
    this.#meanwhile = { opened: [], closed: new Set() };
  }

  /** The census failed: what was counted stays. */
  dropCensus(): void {
    this.#meanwhile = undefined;
  }

  /** Takes the servers' list for the truth; answers the nodes that were connected before and are no more. */
  finishCensus(found: readonly Connection[]): string[] {
    const { opened, closed } = this.#meanwhile ?? { opened: [], closed: new Set<string>() };
    this.#meanwhile = undefined;
    const before = [...this.#byNode.keys()];
    this.#byNode = new Map();
    for (const connection of [...found, ...opened]) {
      if (!closed.has(connection.key)) this.opened(connection);
    }
    return before.filter((nodeId) => !this.#byNode.has(nodeId));
  }
}
