/** Builds the page, and serves it for `make local` with the headers that CloudFront sends. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import securityHeaders from './security-headers.json' with { type: 'json' };

/** Everything of `make local` is on loopback. */
const LOCAL = 'http://127.0.0.1:* http://localhost:*';

const headers = Object.fromEntries(
  Object.entries(securityHeaders).map(([name, value]) => [name, value.replace('{connect}', LOCAL)]),
);

// biome-ignore lint/style/noDefaultExport: Vite wants it so.
export default defineConfig({
  // Relative: the page works under any path.
  base: './',
  // Its source, so that a page is never built of what the client was once.
  resolve: {
    alias: { '@token-vending-machine/client': fileURLToPath(new URL('../client/src/index.ts', import.meta.url)) },
  },
  build: { target: 'es2022', reportCompressedSize: true },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  // No page of another origin reads what is beside this one: `make local` puts demo passwords there.
  preview: { headers, strictPort: true, cors: false },
});
