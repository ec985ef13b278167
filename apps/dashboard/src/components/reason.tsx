import { Code, Text } from '@mantine/core';
import type { Reason as ReasonView } from '@ganglion/contracts';

/** Why: the code for whoever searches, the sentence for whoever reads. */
export const Reason = ({ reason }: { reason: ReasonView | null | undefined }) =>
  reason ? (
    <Text component="span" size="sm" title={reason.message}>
      <Code>{reason.code}</Code> {reason.message}
    </Text>
  ) : null;
