import type { KeyView } from '@ganglion/contracts';
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Problem } from '../components/problem.js';
import { ganglion } from '../network.js';
import { LimitsFields } from './limits-fields.js';

interface KeyDialogProps {
  readonly apiKey: KeyView;
  readonly onClose: () => void;
}

/** Changes a key's name and limits. */
export const ChangeKey = ({ apiKey, onClose }: KeyDialogProps) => {
  const [name, setName] = useState(apiKey.name);
  const [limits, setLimits] = useState(apiKey.limits);
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: () => ganglion.admin.changeKey(apiKey.keyId, { name: name.trim(), limits }),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Change “${apiKey.name}”`}
      closeButtonProps={{ 'aria-label': 'close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            maxLength={128}
            required
            data-autofocus
          />
          <LimitsFields limits={limits} onChange={setLimits} />
          {change.error && <Problem what="The key was not changed" error={change.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={change.isPending} disabled={name.trim() === ''}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

/** Asks before a key stops working for ever. */
export const RevokeKey = ({ apiKey, onClose }: KeyDialogProps) => {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => ganglion.admin.revokeKey(apiKey.keyId),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Revoke “${apiKey.name}”?`}
      closeButtonProps={{ 'aria-label': 'close' }}
    >
      <Stack>
        <Text size="sm">Whoever uses it is refused from now on. It cannot be brought back.</Text>
        {revoke.error && <Problem what="The key was not revoked" error={revoke.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button color="red.8" onClick={() => revoke.mutate()} loading={revoke.isPending}>
            Revoke
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
};
