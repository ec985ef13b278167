import { type NodeAction, nodeAction, type NodeView } from '@ganglion/contracts';
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Problem } from '../components/problem.js';
import { shortNode } from '../format.js';
import { ganglion } from '../network.js';

const MOST_CHARACTERS = 256;

const told: Readonly<Record<NodeAction, { name: string; effect: string; isGrave: boolean }>> = {
  drain: {
    name: 'Drain',
    effect: 'It finishes what it has and takes nothing new, then leaves.',
    isGrave: false,
  },
  retest: {
    name: 'Re-test',
    effect: 'It is tested before it serves again.',
    isGrave: false,
  },
  quarantine: {
    name: 'Quarantine',
    effect: 'It is put away at once; what it was computing is lost. It may come back by a test.',
    isGrave: true,
  },
  retire: {
    name: 'Retire',
    effect: 'It leaves for good: it must join again with a token.',
    isGrave: true,
  },
};

/** What an operator may do with a node; each is confirmed with a reason, which is kept with who did it. */
export const NodeActions = ({ node }: { node: NodeView }) => {
  const [asked, setAsked] = useState<NodeAction | null>(null);
  return (
    <>
      {nodeAction.options.map((action) => (
        <Button
          key={action}
          size="xs"
          variant="default"
          c={
            told[action].isGrave
              ? 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))'
              : undefined
          }
          onClick={() => setAsked(action)}
          disabled={node.state === 'RETIRED'}
        >
          {told[action].name}
        </Button>
      ))}
      {asked && <Confirm node={node} action={asked} onClose={() => setAsked(null)} />}
    </>
  );
};

interface ConfirmProps {
  readonly node: NodeView;
  readonly action: NodeAction;
  readonly onClose: () => void;
}

const Confirm = ({ node, action, onClose }: ConfirmProps) => {
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const { name, effect, isGrave } = told[action];
  const act = useMutation({
    mutationFn: () => ganglion.admin.act(node.nodeId, action, reason.trim()),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['node', node.nodeId] });
      await queries.invalidateQueries({ queryKey: ['nodes'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${name} ${shortNode(node.nodeId)}?`}
      closeButtonProps={{ 'aria-label': 'close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{effect}</Text>
          <Textarea
            label="Reason"
            description="Kept in the event log with the key that did it."
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
            maxLength={MOST_CHARACTERS}
            autosize
            minRows={2}
            required
            data-autofocus
          />
          {act.error && <Problem what={`${name} was not done`} error={act.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              color={isGrave ? 'red.8' : undefined}
              loading={act.isPending}
              disabled={reason.trim() === ''}
            >
              {name}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
