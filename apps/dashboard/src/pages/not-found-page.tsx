import { Anchor } from '@mantine/core';
import { Link, useLocation } from 'react-router';
import { Empty } from '../components/empty.js';
import { Page } from '../components/page.js';

export const NotFoundPage = () => (
  <Page title="No such page">
    <Empty title={`There is nothing at ${useLocation().pathname}`}>
      <Anchor component={Link} to="/">
        Go to the overview
      </Anchor>
    </Empty>
  </Page>
);
