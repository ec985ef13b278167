import { Alert, Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { GanglionError } from '@ganglion/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { ganglion } from '../network.js';
import { meKey } from '../session.js';

const whatWentWrong = (error: unknown): string => {
  if (!(error instanceof GanglionError)) return String(error);
  if (error.status === 401) return 'No such key, or it was revoked.';
  if (error.status === 403)
    return 'This key is valid, but not an admin’s: the dashboard needs the scope admin.';
  if (error.status === 429)
    return `Too many attempts. Try again in ${error.retryAfterSeconds ?? 'a few'} seconds.`;
  return error.message;
};

/** Only a path of these pages: a link must not lead elsewhere after signing in. */
const safePath = (next: string | null): string => (next !== null && /^\/(?!\/|\\)/.test(next) ? next : '/');

/** Changes a key into a cookie that scripts cannot read; the key itself is kept nowhere. */
export const LoginPage = () => {
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [query] = useSearchParams();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const next = safePath(query.get('next'));
  useEffect(() => void (document.title = 'Sign in · Ganglion'), []);

  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await ganglion.admin.login(key.trim());
      setKey('');
      queries.removeQueries({ queryKey: meKey });
      await navigate(next, { replace: true });
    } catch (error) {
      setProblem(whatWentWrong(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={420}>
        <form onSubmit={(event) => void signIn(event)}>
          <Stack>
            <img src="/favicon.svg" alt="" width={40} height={40} />
            <Title order={1} size="h2">
              Ganglion
            </Title>
            <PasswordInput
              label="Admin key"
              placeholder="gk_…"
              description="It is changed into a cookie and kept nowhere else."
              value={key}
              onChange={({ currentTarget }) => setKey(currentTarget.value)}
              autoComplete="off"
              data-autofocus
              autoFocus
              required
              visibilityToggleButtonProps={{ 'aria-label': 'show the key' }}
            />
            {problem && (
              <Alert color="red" variant="outline" role="alert">
                {problem}
              </Alert>
            )}
            <Button type="submit" loading={isBusy} disabled={key.trim() === ''}>
              Sign in
            </Button>
            <Text size="sm" c="dimmed">
              <Code>npm start</Code> prints a key; <Code>npm run ganglion -- credentials</Code> prints it
              again.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
};
