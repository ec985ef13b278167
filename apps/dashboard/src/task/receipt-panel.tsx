import type { Receipt, Verification } from '@ganglion/commitment';
import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useMutation, type UseQueryResult } from '@tanstack/react-query';
import { Copyable } from '../components/copyable.js';
import { Facts } from '../components/facts.js';
import { Loaded } from '../components/loaded.js';
import { Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { shortHash } from '../format.js';
import { ganglion } from '../network.js';
import { saveFile } from '../save-file.js';

const hash = (text: string, what: string) => <Copyable text={text} shown={shortHash(text)} what={what} />;

const save = (receipt: Receipt): void =>
  saveFile(`receipt-${receipt.taskId}.json`, 'application/json', JSON.stringify(receipt));

/** What the answer is bound by; checked here in the browser, with the same code as `ganglion verify`. */
export const ReceiptPanel = ({ query }: { query: UseQueryResult<Receipt> }) => {
  const check = useMutation({
    mutationFn: async (receipt: Receipt) => {
      const publicKey = await ganglion.networkKey();
      return { publicKey, result: await ganglion.verify(receipt, { publicKey }) };
    },
  });
  const { data: receipt } = query;
  return (
    <Panel
      title="Receipt"
      actions={
        receipt && (
          <Group gap="xs">
            <Button size="xs" onClick={() => check.mutate(receipt)} loading={check.isPending}>
              Verify
            </Button>
            <Button size="xs" variant="default" onClick={() => save(receipt)}>
              Download
            </Button>
          </Group>
        )
      }
    >
      <Loaded query={query} what="the receipt" height={140}>
        {(data) => (
          <Stack gap="sm">
            {check.data && <Checked publicKey={check.data.publicKey} result={check.data.result} />}
            {check.error && <Problem what="The receipt was not checked" error={check.error} />}
            <Hashes receipt={data} />
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
};

const Hashes = ({ receipt }: { receipt: Receipt }) => {
  const proof = receipt.choices[0]?.segments.at(-1)?.proof;
  return (
    <Facts
      of={[
        ['Request', hash(receipt.requestDigest, 'the digest of the request')],
        ['Model', hash(receipt.model.digest, 'the digest of the model')],
        ...receipt.choices.map(
          ({ index, segments }) =>
            [`Head of choice ${index}`, hash(segments.at(-1)?.head ?? '', 'the head')] as const,
        ),
        ['Precommit', proof?.kind === 'commit' ? hash(proof.precommit, 'the precommit') : null],
        ['Salt', proof?.kind === 'commit' ? hash(proof.salt, 'the salt') : null],
        ['Signature', hash(receipt.signature, 'the signature')],
        ['Tokens', `${receipt.promptTokens} of the prompt, ${receipt.completionTokens} of the answer`],
      ]}
    />
  );
};

const Checked = ({ publicKey, result }: { publicKey: string; result: Verification }) =>
  result.ok ? (
    <Alert color="teal" variant="outline" title="The receipt holds" role="status" data-testid="verified">
      <Text size="sm">
        Every link, hash and signature was computed again in this browser. The network’s key is{' '}
        <Code>{shortHash(publicKey)}</Code>.{' '}
        {result.vouched.length > 0 &&
          `For ${result.vouched.length} range(s) of tokens no miner has signed: only the network stands for them.`}
      </Text>
    </Alert>
  ) : (
    <Alert color="red" variant="outline" title="The receipt does not hold" role="alert" data-testid="refused">
      <ul>
        {result.problems.map(({ check, field, message }) => (
          <li key={`${check}${field}`}>
            <Code>{field}</Code> {message}
          </li>
        ))}
      </ul>
    </Alert>
  );
