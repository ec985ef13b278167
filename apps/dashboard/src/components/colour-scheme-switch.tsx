import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { icons } from './icons.js';

/** Follows the system until somebody chooses. */
export const ColourSchemeSwitch = () => {
  const { setColorScheme } = useMantineColorScheme();
  const next = useComputedColorScheme('light') === 'light' ? 'dark' : 'light';
  return (
    <Tooltip label={`use ${next} colours`}>
      <ActionIcon
        variant="default"
        size="lg"
        onClick={() => setColorScheme(next)}
        aria-label={`use ${next} colours`}
      >
        {next === 'dark' ? icons.moon : icons.sun}
      </ActionIcon>
    </Tooltip>
  );
};
