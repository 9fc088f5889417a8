/**
 * The client package in the runtimes of its README's table.
 *
 * Real: the packed package; this Node, Bun, Deno, Cloudflare's workerd with an old and a new compatibility date, Chromium with a
 * sandboxed iframe; for React Native its engine Hermes, its Babel preset and its polyfills of fetch and AbortController. Not real: the
 * endpoint, which answers as docs/errors.md says; of React Native what is native, its XMLHttpRequest among it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findChromium, launch } from './browser/chromium.ts';
import type { Outcome } from './runtimes/program.ts';
import { ran } from './support/programs.ts';
import { askWorker, bun, deno, installRuntimes, PackedClient, runHermes } from './support/runtimes.ts';

/** A runtime that does not come to its end by then never does. */
const LIMIT = { timeout: 60_000 };
const SCRIPT_MS = 30_000;

const OUTCOME: Outcome = {
  authToken: 'token-of-Zoë & co',
  id: 'Zoë & co',
  refusal: 'refused GroupNotAllowed',
  redirect: 'malformed',
  givenUp: 'AbortError',
};

const endpoint: RequestListener = ({ url = '', method, headers }, answer) => {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  answer.setHeader('Access-Control-Allow-Origin', '*');
  answer.setHeader('Access-Control-Expose-Headers', 'Token-Grant');
  answer.setHeader('Access-Control-Allow-Headers', 'authorization,usergroup');
  if (method === 'OPTIONS') return void answer.writeHead(204).end();
  if (pathname === '/redirect') return void answer.writeHead(302, { Location: '/' }).end();
  if (pathname === '/slow') return;
  if (pathname === '/refused') {
    const as = headers.authorization === 'Bearer an-id-token' && headers['usergroup'] === 'readers';
    return void answer.writeHead(as ? 403 : 500).end(JSON.stringify({ message: 'No.', code: 'GroupNotAllowed' }));
  }
  const name = searchParams.get('name') ?? '';
  const grant = JSON.stringify({ id: name, permissions: [] }).replaceAll('ë', '\\u00eb');
  answer.setHeader('Token-Grant', grant);
  answer.end(JSON.stringify({ authToken: `token-of-${name}`, expiresAt: Math.floor(Date.now() / 1_000) + 3_600 }));
};

const server = createServer(endpoint);
const work = mkdtempSync(join(tmpdir(), 'runtimes-'));
let client: PackedClient;
let url = '';

before(async () => {
  await installRuntimes();
  client = await PackedClient.make(work);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(work, { recursive: true });
});

/** Runtimes that run a script: it ends by itself. */
const SCRIPTS: readonly [name: string, program: () => string, ...args: string[]][] = [
  ['Node', () => process.execPath],
  ['Bun', bun],
  ['Deno', deno, 'run', '--no-remote', '--allow-net=127.0.0.1', '--allow-read', '--allow-env'],
];

for (const [name, program, ...args] of SCRIPTS) {
  test(`${name}: a script imports the package, does all of it, and ends`, LIMIT, async () => {
    const { code, out, notes } = await ran(program(), [...args, await client.script(), url], process.env, {
      cwd: work,
      timeout: SCRIPT_MS,
    });
    assert.deepEqual([code, notes], [0, ''], out);
    assert.deepEqual(JSON.parse(out), OUTCOME);
  });
}

for (const compatibilityDate of ['2022-01-01', '2026-11-01']) {
  test(`Cloudflare Workers, as of ${compatibilityDate}`, LIMIT, async () => {
    assert.deepEqual(await askWorker(client, compatibilityDate, url), OUTCOME);
  });
}

/**
 * What React Native has of a browser before its polyfills, and how. Hermes has promises; its
 * own timers know no time, so that only short ones fire here. `URL` is as of
 * react-native 0.79 (Libraries/Blob/URL.js): most of it throws. There is a `window`, which fires nothing.
 */
const REACT_NATIVE = `
globalThis.window = globalThis.self = globalThis;
globalThis.navigator = { product: 'ReactNative' };
globalThis.performance = { now: () => Date.now() };
globalThis.console = { assert() {}, log: print, warn: print, error: print };
globalThis.queueMicrotask = (task) => { Promise.resolve().then(task); };
const fire = setTimeout;
const timers = new Set();
let lastTimer = 0;
globalThis.setTimeout = (task, ms) => {
  const timer = ++lastTimer;
  timers.add(timer);
  if (!(ms >= 1000)) fire(() => { if (timers.delete(timer)) task(); }, 0);
  return timer;
};
globalThis.clearTimeout = (timer) => { timers.delete(timer); };
const unfinished = () => { throw new Error('not implemented'); };
globalThis.URL = class { get search() { unfinished(); } get searchParams() { return { append: unfinished, set: unfinished }; } };
globalThis.XMLHttpRequest = class {
  open(method, url) { this.url = url; }
  setRequestHeader() {}
  getAllResponseHeaders() { return 'Token-Grant: ' + JSON.stringify({ id: this.name, permissions: [] }); }
  abort() { this.aborted = true; setTimeout(() => this.onabort(), 0); }
  send() {
    const [, path, query = ''] = this.url.match(/^http:[/][/][^/]*([^?]*)[?]?(.*)$/);
    if (path === '/slow') return;
    this.name = decodeURIComponent(query.replace(/^name=/, '').split('+').join(' '));
    this.status = path === '/refused' ? 403 : path === '/redirect' ? 302 : 200;
    this.responseText = this.response = JSON.stringify(
      this.status === 200
        ? { authToken: 'token-of-' + this.name, expiresAt: Date.now() / 1000 + 3600 }
        : { message: 'No.', code: path === '/refused' ? 'GroupNotAllowed' : undefined });
    setTimeout(() => this.onload(), 0);
  }
};
`;

test('React Native: Hermes, with what React Native lacks', LIMIT, async () => {
  assert.deepEqual(await runHermes(client, REACT_NATIVE, url), OUTCOME);
});

/** A page of a page that denies it an origin: no locks, no cookies, no storage. */
const sandboxed = (program: string) => `
<!doctype html><title>A page</title>
<script>addEventListener('message', ({ data }) => { globalThis.heard = data; });</script>
<iframe sandbox="allow-scripts" srcdoc="${`<script type="module">${program}</script>`.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`;

const chromium = findChromium();
if ('why' in chromium) test('Chromium', { skip: chromium.why });
else {
  test('Chromium: an iframe that is denied its origin', LIMIT, async (t) => {
    const program = `${await client.bundle('esm')}
      const locks = await navigator.locks.request('a', async () => 'a lock').catch(({ name }) => name);
      outcomeAt('${url}').then(
        (outcome) => parent.postMessage({ locks, outcome }, '*'),
        (error) => parent.postMessage(String(error), '*'));`;
    const site = createServer((_request, answer) => {
      answer.setHeader('Content-Type', 'text/html; charset=utf-8').end(sandboxed(program));
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    const browser = await launch(chromium.path);
    t.after(async () => {
      await browser.close();
      site.closeAllConnections();
      site.close();
    });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const heard = await page.waitForFunction('globalThis.heard');
    assert.deepEqual(await heard.jsonValue(), { locks: 'SecurityError', outcome: OUTCOME });
  });
}
