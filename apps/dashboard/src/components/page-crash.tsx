import { Box } from '@mantine/core';
import { useRouteError } from 'react-router';
import { Problem } from './problem.js';

/** What is left of a page that could not be shown: also of one whose files are gone after an update. */
export const PageCrash = () => (
  <Box p="md">
    <Problem
      what="This page cannot be shown"
      error={useRouteError()}
      onRetry={() => window.location.reload()}
    />
  </Box>
);
