import type { ReactNode } from 'react';

const icon = (paths: ReactNode) => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden
  >
    {paths}
  </svg>
);

/** Drawn by hand on a grid of 16: few enough not to need a library. */
export const icons = {
  overview: icon(<path d="M2 12.5 5.5 8l3 2.5L14 4M10.5 4H14v3.5" />),
  nodes: icon(
    <>
      <circle cx="8" cy="8" r="2" />
      <circle cx="3" cy="3" r="1.3" />
      <circle cx="13" cy="3" r="1.3" />
      <circle cx="3" cy="13" r="1.3" />
      <circle cx="13" cy="13" r="1.3" />
      <path d="m6.5 6.5-2.4-2.4m5.4 2.4 2.4-2.4m-5.4 5.4-2.4 2.4m5.4-2.4 2.4 2.4" />
    </>,
  ),
  tasks: icon(<path d="M6 3.5h8M6 8h8M6 12.5h8M2 3.5h.5M2 8h.5M2 12.5h.5" />),
  sessions: icon(<path d="M2 3h12v8H6.5L3.5 13.5V11H2z" />),
  playground: icon(<path d="M4.5 3v10l8-5z" />),
  cognitive: icon(
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.3 8.2 1.9 1.9 3.5-4" />
    </>,
  ),
  keys: icon(
    <>
      <circle cx="5" cy="10.5" r="2.8" />
      <path d="m7 8.5 6-6m-2 2 2 2" />
    </>,
  ),
  events: icon(<path d="M2 8h2.5L6.5 3l3 10 2-5H14" />),
  health: icon(<path d="M8 13.5S2 10 2 6a3 3 0 0 1 6-1 3 3 0 0 1 6 1c0 4-6 7.5-6 7.5z" />),
  sun: icon(
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7" />
    </>,
  ),
  moon: icon(<path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z" />),
  copy: icon(<path d="M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1" />),
  done: icon(<path d="m3 8.5 3.2 3.2L13 4.5" />),
  leave: icon(<path d="M6.5 2.5h-4v11h4M10 5l3 3-3 3m3-3H6.5" />),
} as const;
