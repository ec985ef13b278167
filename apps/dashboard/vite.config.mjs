import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** Where `npm run dev` finds a network; pages built for use ask the origin that served them. */
const router = process.env.GANGLION_URL ?? 'http://127.0.0.1:8080';
const asked = ['/v1', '/admin', '/.well-known', '/readyz', '/healthz', '/socket.io'];

export default defineConfig({
  plugins: [react()],
  // Our libraries are built from their sources, as in tests: nothing has to be compiled before.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    manifest: 'manifest.json',
    // A data: URL would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // check-size.mjs measures what matters: all that the first page loads.
    chunkSizeWarningLimit: 1_000,
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      asked.map((path) => [path, { target: router, changeOrigin: false, ws: path === '/socket.io' }]),
    ),
  },
});
