import { ActionIcon, Button, Code, CopyButton, Group, Tooltip } from '@mantine/core';
import { icons } from './icons.js';

interface CopyableProps {
  readonly text: string;
  /** What is shown in place of the whole text. */
  readonly shown?: string;
  /** Such as "the node's id". */
  readonly what: string;
}

/** A short text with a button that copies all of it. */
export const Copyable = ({ text, shown, what }: CopyableProps) => (
  <Group gap={4} wrap="nowrap" component="span" display="inline-flex">
    <Code title={text}>{shown ?? text}</Code>
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'copied' : `copy ${what}`}>
          <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={`copy ${what}`}>
            {copied ? icons.done : icons.copy}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  </Group>
);

/** A command to run, whole, with a button that copies it. */
export const Command = ({ text, what }: { text: string; what: string }) => (
  <Group gap="xs" align="stretch" wrap="nowrap" w="100%">
    <Code block ta="left" className="command" tabIndex={0} aria-label={what}>
      {text}
    </Code>
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button variant="default" onClick={copy} h="auto" aria-label={`copy ${what}`}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  </Group>
);
