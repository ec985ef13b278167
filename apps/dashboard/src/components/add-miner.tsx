import { Button, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ganglion } from '../network.js';
import { Command } from './copyable.js';
import { Empty } from './empty.js';
import { Problem } from './problem.js';

const HOUR_SECONDS = 3_600;

/** How to get a miner: the command, with a join token that is made on demand and shown once. */
export const AddMiner = ({ title = 'No miner yet' }: { title?: string }) => {
  const token = useMutation({
    mutationFn: () =>
      ganglion.admin.createJoinToken({
        name: 'dashboard',
        ttlSeconds: HOUR_SECONDS,
        maxNodes: 10,
        mayRegisterModels: true,
      }),
  });
  const command = `npm run miner -- --url ${window.location.origin} --token ${token.data?.token ?? '<token>'}`;
  return (
    <Empty title={title}>
      <Stack align="center" gap="sm" miw={0} w="100%">
        <Text size="sm">
          Run this command in a clone of Ganglion, on this machine or on another one; the node appears here
          and is tested at once.
        </Text>
        <Command text={command} what="the command" />
        {token.data ? (
          <Text size="sm">The token lets 10 nodes join within an hour, and register a new model.</Text>
        ) : (
          <Button onClick={() => token.mutate()} loading={token.isPending}>
            Make a join token
          </Button>
        )}
        {token.error && <Problem what="No token was made" error={token.error} />}
      </Stack>
    </Empty>
  );
};
