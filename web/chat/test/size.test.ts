/** The page as it is served. Real: all of it, built by Vite. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const outDir = mkdtempSync(join(tmpdir(), 'chat-'));
const files = () => readdirSync(outDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

before(() =>
  build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  }),
);
after(() => rmSync(outDir, { recursive: true }));

const KB = 1_000;

test('all of the page is less than 250 kB, compressed, and what signing in needs at first less than 25', () => {
  const sizes = files().map(({ name, parentPath }) => ({
    name,
    size: gzipSync(readFileSync(join(parentPath, name))).length,
  }));
  const sum = (some: typeof sizes) => some.reduce((total, { size }) => total + size, 0);
  const first = sizes.filter(({ name }) => name.startsWith('index'));
  assert.ok(first.length >= 3, 'the page, its style and its script');
  assert.ok(sum(sizes) < 250 * KB, `${sum(sizes)} bytes in all`);
  assert.ok(sum(first) < 25 * KB, `${sum(first)} bytes at first`);
});

test('the page has no script and no style of its own inside, which its Content-Security-Policy would not run', () => {
  const page = readFileSync(join(outDir, 'index.html'), 'utf8');
  assert.doesNotMatch(page, /<style|style=|<script(?![^>]*src=)|\son\w+=/);
  assert.match(page, /src="\.\/assets\//, 'relative, so that it works under any path');
});

test('nothing is loaded from elsewhere', () => {
  const text = files()
    .filter(({ name }) => /\.(html|css)$/.test(name))
    .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8'))
    .join('\n');
  assert.doesNotMatch(text, /(?:src|href)="https?:|@import|url\(\s*["']?https?:/);
});
