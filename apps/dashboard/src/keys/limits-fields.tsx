import type { KeyLimits } from '@ganglion/contracts';
import { NumberInput } from '@mantine/core';

const fields = [
  { name: 'requestsPerMinute', label: 'Requests per minute' },
  { name: 'concurrentTasks', label: 'Tasks at one time' },
  { name: 'tokensPerDay', label: 'Tokens per day (UTC)' },
] as const;

interface LimitsFieldsProps {
  readonly limits: KeyLimits;
  readonly onChange: (limits: KeyLimits) => void;
}

/** What a key may use; an empty field is no limit. */
export const LimitsFields = ({ limits, onChange }: LimitsFieldsProps) =>
  fields.map(({ name, label }) => (
    <NumberInput
      key={name}
      label={label}
      placeholder="without limit"
      value={limits[name] ?? ''}
      onChange={(value) => onChange({ ...limits, [name]: typeof value === 'number' ? value : null })}
      min={1}
      max={2_147_483_647}
      allowDecimal={false}
      thousandSeparator=" "
    />
  ));
