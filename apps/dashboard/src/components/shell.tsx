import {
  ActionIcon,
  AppShell,
  Box,
  Burger,
  Center,
  Container,
  Group,
  Loader,
  NavLink,
  ScrollArea,
  Text,
  Tooltip,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Link, Navigate, Outlet, useLocation, useNavigation } from 'react-router';
import { LiveProvider } from '../live/live.js';
import { ganglion } from '../network.js';
import { meKey, useMe } from '../session.js';
import { ColourSchemeSwitch } from './colour-scheme-switch.js';
import { icons } from './icons.js';
import { LiveIndicator } from './live-indicator.js';
import { places } from './places.js';
import { Problem } from './problem.js';

/** Around every page: where to go, whether it is live, who is signed in. Nobody gets here without being signed in. */
export const Shell = () => {
  const me = useMe();
  const { pathname, search } = useLocation();
  if (me.data === null)
    return <Navigate to={`/login?next=${encodeURIComponent(pathname + search)}`} replace />;
  if (me.error && !me.data)
    return (
      <Box p="md" component="main">
        <Problem
          what="Cannot ask the network who you are"
          error={me.error}
          onRetry={() => void me.refetch()}
        />
      </Box>
    );
  if (!me.data)
    return (
      <Center h="100dvh">
        <Loader aria-label="loading" />
      </Center>
    );
  return (
    <LiveProvider>
      <Frame name={me.data.name} />
    </LiveProvider>
  );
};

const Frame = ({ name }: { name: string }) => {
  const [isOpen, { toggle, close }] = useDisclosure();
  const isMoving = useNavigation().state === 'loading';
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 196, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? 'close the menu' : 'open the menu'}
              aria-expanded={isOpen}
            />
            <img src="/favicon.svg" alt="" width={24} height={24} />
            <Text fw={700}>Ganglion</Text>
            {isMoving && <Loader size="xs" aria-label="loading" />}
          </Group>
          <Group gap="sm" wrap="nowrap">
            <LiveIndicator />
            <ColourSchemeSwitch />
            <SignOut name={name} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label="pages">
        <ScrollArea>
          <Places onChoose={close} />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <Container size={1440} p={0}>
          <Suspense>
            <Outlet />
          </Suspense>
        </Container>
      </AppShell.Main>
    </AppShell>
  );
};

const Places = ({ onChoose }: { onChoose: () => void }) => {
  const { pathname } = useLocation();
  return places.map(({ to, label, icon }) => {
    const isHere = to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`);
    return (
      <NavLink
        key={to}
        component={Link}
        to={to}
        label={label}
        leftSection={icons[icon]}
        active={isHere}
        aria-current={isHere ? 'page' : undefined}
        onClick={onChoose}
        className="place"
      />
    );
  });
};

const SignOut = ({ name }: { name: string }) => {
  const queries = useQueryClient();
  const leave = async () => {
    // Whoever asks to leave must not stay because the network is away; the cookie ends by itself.
    await ganglion.admin.logout().catch(() => undefined);
    // Before the rest is forgotten: whoever looks at `me` must hear of it.
    queries.setQueryData(meKey, null);
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meKey[0] });
  };
  return (
    <Tooltip label={`sign out (${name})`}>
      <ActionIcon variant="default" size="lg" onClick={() => void leave()} aria-label="sign out">
        {icons.leave}
      </ActionIcon>
    </Tooltip>
  );
};
