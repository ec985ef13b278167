import { noLimits } from '@ganglion/contracts';
import { Alert, Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Command } from '../components/copyable.js';
import { Problem } from '../components/problem.js';
import { ganglion } from '../network.js';
import { LimitsFields } from './limits-fields.js';

/** Makes a key and shows it once; what is closed is gone. */
export const CreateKey = ({ onClose }: { onClose: () => void }) => {
  const [name, setName] = useState('');
  const [isAdmin, setAdmin] = useState(false);
  const [limits, setLimits] = useState(noLimits);
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      ganglion.admin.createKey({
        name: name.trim(),
        scopes: isAdmin ? ['inference', 'admin'] : ['inference'],
        limits,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={create.data ? `The key “${create.data.name}”` : 'New key'}
      closeOnClickOutside={!create.data}
      closeButtonProps={{ 'aria-label': 'close' }}
    >
      {create.data ? (
        <Stack>
          <Alert color="orange" variant="outline">
            Copy it now: it is shown once and never again.
          </Alert>
          <Command text={create.data.apiKey} what="the key" />
          <Button onClick={onClose}>Done</Button>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label="Name"
              description="Whoever or whatever uses it"
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              maxLength={128}
              required
              data-autofocus
            />
            <Checkbox
              label="Admin: may do all that you may do here"
              checked={isAdmin}
              onChange={({ currentTarget }) => setAdmin(currentTarget.checked)}
            />
            <LimitsFields limits={limits} onChange={setLimits} />
            {create.error && <Problem what="No key was made" error={create.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
                Create
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
};
