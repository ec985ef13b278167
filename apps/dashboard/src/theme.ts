import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
});

/** Mantine's secondary text is too pale to be read by everyone: WCAG AA wants a contrast of 4.5. */
export const readableText: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#57606a', '--mantine-color-placeholder': '#6b737c' },
  dark: { '--mantine-color-dimmed': '#a8acb3', '--mantine-color-placeholder': '#8d9299' },
});
