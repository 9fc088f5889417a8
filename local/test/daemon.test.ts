/** Real processes: a small HTTP server stands in for the emulator. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Daemon, ensureRunning, stopDaemon } from '../src/daemon.ts';
import { identityOf, isRunning } from '../src/processes.ts';
import { stopBackEnds } from '../src/stack.ts';
import { directoryOf, temporaryDirectory } from './fixtures.ts';

/** Answers 200 to everything; its child would outlive it if only the leader were ended. */
const SERVER = `
  const child = require('node:child_process').spawn('sleep', ['1000']);
  console.log('child ' + child.pid);
  require('node:http').createServer((_, response) => response.end('ok')).listen(Number(process.argv[1]), '127.0.0.1');
`;

function server(t: TestContext, change: Partial<Daemon> = {}): Daemon {
  const dir = change.dir ?? directoryOf(t, (it) => stopDaemon(it, 'server'));
  return {
    name: 'server',
    title: 'the server',
    dir,
    port: 0,
    portVariable: 'SERVER_PORT',
    healthPath: '/health',
    launch: (port) => ({ program: process.execPath, args: ['-e', SERVER, String(port)], env: {} }),
    ...change,
  };
}

test('what runs is found again and reused', async (t) => {
  const daemon = server(t);
  const first = await ensureRunning(daemon);
  const second = await ensureRunning(daemon);
  assert.equal(first.fresh, true);
  assert.deepEqual(second, { ...first, fresh: false });
});

test('the folders of a program that runs are not made ready again', async (t) => {
  let prepared = 0;
  const prepare = () => {
    prepared += 1;
  };
  const daemon = server(t, { prepare });
  await ensureRunning(daemon);
  await ensureRunning(daemon);
  assert.equal(prepared, 1);
});

test('what was started differently is replaced', async (t) => {
  const daemon = server(t);
  const first = await ensureRunning(daemon);
  const changed = await ensureRunning({ ...daemon, launch: (port) => ({ ...daemon.launch(port), env: { NEW: '1' } }) });
  assert.equal(changed.fresh, true);
  assert.equal(isRunning(first.identity), false);
});

test('the end takes the whole process group, and comes as often as one likes', async (t) => {
  const daemon = server(t);
  const { identity } = await ensureRunning(daemon);
  const child = Number(/child (\d+)/.exec(readFileSync(join(daemon.dir, 'logs/server.log'), 'utf8'))?.[1]);
  assert.ok(identityOf(child));
  assert.equal(await stopDaemon(daemon.dir, 'server'), true);
  assert.equal(isRunning(identity), false);
  assert.equal(identityOf(child), undefined);
  assert.equal(await stopDaemon(daemon.dir, 'server'), false);
});

test('where nothing was ever started, there is nothing to end', async (t) => {
  assert.deepEqual(await stopBackEnds(temporaryDirectory(t)), []);
});

test('a process that was given the number of one of ours is left alone', async (t) => {
  const dir = temporaryDirectory(t);
  const record = { pid: process.pid, began: 'another time', port: 1, fingerprint: '' };
  writeFileSync(join(dir, 'server.json'), JSON.stringify(record));
  assert.equal(await stopDaemon(dir, 'server'), false);
});

test('a program that ends at once is told with the last it said', async (t) => {
  const launch = () => ({
    program: process.execPath,
    args: ['-e', 'console.error("no luck"); process.exit(3)'],
    env: {},
  });
  await assert.rejects(ensureRunning(server(t, { launch })), /no luck[\s\S]*The server ended as soon as it started/);
});

test('a program that is not there is named, with the fix', async (t) => {
  const launch = () => ({ program: '/nonexistent/program', args: [], env: {} });
  await assert.rejects(
    ensureRunning(server(t, { launch })),
    /The server cannot start: \/nonexistent\/program is missing\. Run "make setup"/,
  );
});
