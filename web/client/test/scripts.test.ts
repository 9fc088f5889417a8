/**
 * Scripts that use the package outside of a browser: they end when they are done, and not before. Real: Node, its own timers and
 * channels, and an endpoint over HTTP. tests/runtimes.test.ts has other runtimes.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLIENT = fileURLToPath(new URL('../src/index.ts', import.meta.url));
/** A script that does not end by then is taken for one that never does. */
const LIMIT_MS = 20_000;

/** Headers of the refusals to come, one for each. */
let refusals: Record<string, string>[] = [];
const server = createServer((_request, answer) => {
  const refusal = refusals.shift();
  if (refusal) return void answer.writeHead(503, refusal).end();
  answer.end(JSON.stringify({ authToken: 'token', expiresAt: Math.floor(Date.now() / 1_000) + 3_600 }));
});

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** Runs a script in a Node of its own. @returns what it prints, and its exit code: `null` if it did not end by itself */
async function run(script: string): Promise<{ out: string; code: number | null }> {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const source = `
    const { open, TokenSource } = await import(${JSON.stringify(CLIENT)});
    const source = () => new TokenSource({ endpoint: '${endpoint}', access: open({ name: 'script' }) });
    ${script}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', source];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: LIMIT_MS });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { out: out.trim(), code };
}

test('a script that has its token ends, without stop()', async () => {
  assert.deepEqual(await run('console.log((await source().get()).authToken);'), { out: 'token', code: 0 });
});

test('so does one in a runtime that has locks and channels, as Node has from 24 on', async () => {
  const locks = '{ request: (_name, _options, work) => work() }';
  const script = `
    Object.defineProperty(globalThis, 'navigator', { value: { locks: ${locks} } });
    console.log((await source().get()).authToken);`;
  assert.deepEqual(await run(script), { out: 'token', code: 0 });
});

test('a script that waits for a token through an outage does not end before it has one', async () => {
  refusals = [{}];
  const script = `
    const tokens = source();
    await tokens.get().catch(({ kind }) => console.log(kind));
    console.log((await tokens.get()).authToken);`;
  assert.deepEqual(await run(script), { out: 'unavailable\ntoken', code: 0 });
});

test('one that waits no longer ends, though the endpoint asked for more time', async () => {
  refusals = [{ 'Retry-After': '60' }];
  const script = `
    const tokens = source();
    await tokens.get().catch(() => {});
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 1);
    await tokens.get({ signal: caller.signal }).catch(({ name }) => console.log(name));`;
  assert.deepEqual(await run(script), { out: 'AbortError', code: 0 });
});

test('an import and a source that is asked for nothing do nothing: no global, no handle, no request', async () => {
  const script = `
    const globals = Object.keys(Object.getOwnPropertyDescriptors(globalThis)).length;
    await import(${JSON.stringify(`${CLIENT}?again`)});
    const kept = source();
    kept.onChange(() => {});
    const handles = process.getActiveResourcesInfo().filter((kind) => !/Pipe|TTY|FS|MessagePort|Immediate/.test(kind));
    console.log(Object.keys(Object.getOwnPropertyDescriptors(globalThis)).length - globals, handles.join());`;
  refusals = [{}];
  assert.deepEqual(await run(script), { out: '0', code: 0 });
  assert.equal(refusals.splice(0).length, 1, 'nothing was asked');
});
