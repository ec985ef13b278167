import { Button, Flex, Group, Paper, Stack, Textarea } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { Empty } from '../components/empty.js';
import { AddMiner } from '../components/add-miner.js';
import { Page } from '../components/page.js';
import { Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { messagesOf } from '../playground/conversation.js';
import { Replicas } from '../playground/replicas.js';
import { firstSettings, parametersOf, type Settings } from '../playground/settings.js';
import { SettingsForm } from '../playground/settings-form.js';
import { TaskPanel } from '../playground/task-panel.js';
import { Transcript } from '../playground/transcript.js';
import { useChat } from '../playground/use-chat.js';
import { useModels, useTask } from '../queries.js';
import { useQueryString } from '../query-string.js';

/** Chat with any model, and see what the network does for each answer. */
export const PlaygroundPage = () => {
  const models = useModels();
  const { query, set } = useQueryString();
  const [changed, setChanged] = useState<Settings>(firstSettings);
  const { turns, ask, stop, clear, isRunning } = useChat();
  const [chosen, setChosen] = useState<string | null>(null);
  const list = models.data ?? [];
  const named = list.find(({ id }) => id === query.get('model')) ?? list.find(({ nodes }) => nodes > 0);
  const model = (named ?? list[0])?.id ?? null;
  const settings = { ...changed, model };
  const followed = chosen ?? turns.at(-1)?.taskId ?? null;

  const send = (question: string) => {
    if (model === null) return;
    setChosen(null);
    const messages = messagesOf(settings.system, turns, question);
    void ask(question, { ...parametersOf(settings, model), messages });
  };
  const change = ({ model: wanted, ...rest }: Partial<Settings>) => {
    if (wanted) set({ model: wanted });
    setChanged((old) => ({ ...old, ...rest }));
  };

  return (
    <Page
      title="Playground"
      actions={
        turns.length > 0 && (
          <Button variant="default" size="xs" onClick={clear}>
            New conversation
          </Button>
        )
      }
    >
      {models.error && (
        <Problem what="Cannot read the models" error={models.error} onRetry={() => void models.refetch()} />
      )}
      {models.data?.length === 0 && <AddMiner />}
      <Flex gap="md" direction={{ base: 'column', md: 'row' }} align="stretch">
        <Stack gap="md" flex={1} miw={0}>
          <Paper withBorder p="md" mih={320}>
            {turns.length === 0 ? (
              <Empty title="Ask the network something">
                Each answer is computed by a miner, bound by hashes, and checked before it counts.
              </Empty>
            ) : (
              <Transcript turns={turns} followed={followed} onFollow={setChosen} />
            )}
          </Paper>
          <Answers taskId={followed} />
          <Composer isRunning={isRunning} isReady={model !== null} onSend={send} onStop={stop} />
        </Stack>
        <Stack gap="md" w={{ base: '100%', md: 330 }}>
          <TaskPanel taskId={followed} />
          <Panel title="Settings">
            <SettingsForm settings={settings} models={list} onChange={change} />
          </Panel>
        </Stack>
      </Flex>
    </Page>
  );
};

const Answers = ({ taskId }: { taskId: string | null }) => {
  const attempts = useTask(taskId).data?.attempts ?? [];
  if (attempts.filter(({ answer }) => answer !== null).length < 2) return null;
  return (
    <Panel title="Side by side">
      <Replicas attempts={attempts} />
    </Panel>
  );
};

interface ComposerProps {
  readonly isRunning: boolean;
  readonly isReady: boolean;
  readonly onSend: (question: string) => void;
  readonly onStop: () => void;
}

/** Enter sends, Shift with Enter makes a line. */
const Composer = ({ isRunning, isReady, onSend, onStop }: ComposerProps) => {
  const [text, setText] = useState('');
  const send = () => {
    if (text.trim() === '' || isRunning || !isReady) return;
    onSend(text);
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <form onSubmit={onSubmit}>
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <Textarea
          aria-label="Message"
          placeholder="What is the capital of Japan?"
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={onKeyDown}
          autosize
          minRows={1}
          maxRows={10}
          flex={1}
        />
        {isRunning ? (
          <Button color="red" variant="outline" onClick={onStop}>
            Stop
          </Button>
        ) : (
          <Button type="submit" disabled={text.trim() === '' || !isReady}>
            Send
          </Button>
        )}
      </Group>
    </form>
  );
};
