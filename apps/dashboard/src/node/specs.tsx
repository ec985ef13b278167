import type { NodeView } from '@ganglion/contracts';
import { SimpleGrid } from '@mantine/core';
import { Ago } from '../components/ago.js';
import { Copyable } from '../components/copyable.js';
import { Facts } from '../components/facts.js';
import { SessionLink } from '../components/links.js';
import { Panel } from '../components/panel.js';
import { bytes, compact, duration, shortHash } from '../format.js';

const speed = (tokensPerSecond: number | null | undefined): string =>
  tokensPerSecond == null ? '–' : `${compact(tokensPerSecond, 1)} tokens/s`;

/** What a node is: as it says itself, and as tests have shown. */
export const Specs = ({ node }: { node: NodeView }) => {
  const { declared, verified } = node;
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }}>
      <Panel title="Verified by tests">
        <Facts
          of={[
            ['Decode', speed(verified?.decodeTokensPerSecond ?? node.tokensPerSecond)],
            ['Prefill, at least', speed(verified?.prefillTokensPerSecond)],
            ['Time to first token', duration(verified?.ttftMs)],
            ['Requests at once', verified?.slots],
            ['Tests', verified?.tests ?? 0],
            ['Latest', <Ago key="at" at={verified?.measuredAt ?? node.testedAt} />],
          ]}
        />
      </Panel>
      <Panel title="Declared by itself">
        <Facts
          of={[
            ['Processor', declared?.cpu],
            ['Cores', declared?.cores],
            ['Memory', bytes(declared?.memoryBytes)],
            ['Instruction set', declared?.isa],
            ['Slots', declared?.slots],
            ['Models', declared?.modelDigests.length],
          ]}
        />
      </Panel>
      <Panel title="In the network">
        <Facts
          of={[
            ['Model', node.model],
            ['Slots in use', node.slots],
            [
              'Model digest',
              <Copyable
                key="digest"
                text={node.modelDigest}
                shown={shortHash(node.modelDigest)}
                what="the digest"
              />,
            ],
            [
              'Determinism class',
              <span key="class" className="mono">
                {node.determinismClass}
              </span>,
            ],
            ['Session', node.sessionId && <SessionLink sessionId={node.sessionId} />],
            ['Dedicated to', node.dedicatedTo ?? 'nobody'],
            ['Version', node.version],
            ['Last heard', <Ago key="seen" at={node.lastSeenAt} />],
            ['Joined', <Ago key="joined" at={node.createdAt} />],
          ]}
        />
      </Panel>
    </SimpleGrid>
  );
};
