import { NumberInput, Select, Stack, Switch, Textarea } from '@mantine/core';
import type { Model } from '@ganglion/sdk';
import type { Settings } from './settings.js';

interface SettingsFormProps {
  readonly settings: Settings;
  readonly models: readonly Model[];
  readonly onChange: (change: Partial<Settings>) => void;
}

const numberOf = (value: string | number): number | null => (typeof value === 'number' ? value : null);

/** Everything that a request may say of how it is answered. */
export const SettingsForm = ({ settings, models, onChange }: SettingsFormProps) => (
  <Stack gap="sm">
    <Select
      label="Model"
      data={models.map(({ id, nodes }) => ({
        value: id,
        label: `${id} (${nodes} ${nodes === 1 ? 'node' : 'nodes'})`,
      }))}
      value={settings.model}
      onChange={(model) => onChange({ model })}
      allowDeselect={false}
      searchable
    />
    <NumberInput
      label="Miners"
      description="How many answer side by side"
      value={settings.redundancy}
      onChange={(value) => onChange({ redundancy: numberOf(value) ?? 1 })}
      min={1}
      max={5}
      clampBehavior="strict"
    />
    <Switch
      label="Verify before showing"
      checked={settings.verifyBefore}
      onChange={({ currentTarget }) => onChange({ verifyBefore: currentTarget.checked })}
    />
    <NumberInput
      label="Temperature"
      placeholder="the model’s"
      value={settings.temperature ?? ''}
      onChange={(value) => onChange({ temperature: numberOf(value) })}
      min={0}
      max={2}
      step={0.1}
    />
    <NumberInput
      label="Top P"
      placeholder="the model’s"
      value={settings.topP ?? ''}
      onChange={(value) => onChange({ topP: numberOf(value) })}
      min={0.05}
      max={1}
      step={0.05}
    />
    <NumberInput
      label="Most tokens"
      placeholder="the model’s"
      value={settings.maxTokens ?? ''}
      onChange={(value) => onChange({ maxTokens: numberOf(value) })}
      min={1}
      max={1_000_000}
      allowDecimal={false}
    />
    <NumberInput
      label="Seed"
      placeholder="drawn by the network"
      value={settings.seed ?? ''}
      onChange={(value) => onChange({ seed: numberOf(value) })}
      min={0}
      allowDecimal={false}
    />
    <Textarea
      label="System text"
      value={settings.system}
      onChange={({ currentTarget }) => onChange({ system: currentTarget.value })}
      autosize
      minRows={2}
      maxRows={8}
    />
  </Stack>
);
