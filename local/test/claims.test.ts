/** Ports that are claimed before a build. Real: the ports, and the programs that hold them. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Claims, claimPorts, makeLine, type WantedPort } from '../src/claims.ts';
import { ensureRunning, stopDaemon } from '../src/daemon.ts';
import { Failure } from '../src/failure.ts';
import { holdPort } from '../src/ports.ts';
import { directoryOf, temporaryDirectory } from './fixtures.ts';

async function held(t: TestContext, port = 0): Promise<number> {
  const holding = await holdPort(port);
  assert.ok(typeof holding === 'object', String(holding));
  t.after(() => holding.release());
  return holding.port;
}

/** Ports that were free a moment ago. */
async function free(count: number): Promise<number[]> {
  const holding = await Promise.all(Array.from({ length: count }, () => holdPort(0)));
  return Promise.all(
    holding.map(async (it) => {
      assert.ok(typeof it === 'object');
      await it.release();
      return it.port;
    }),
  );
}

const wanted = (by: WantedPort['by'], port: number, name: string): WantedPort => ({
  name,
  title: `the ${name}`,
  variable: `${name.toUpperCase()}_PORT`,
  port,
  by,
});

async function claimed<Name extends string>(
  t: TestContext,
  dir: string,
  ports: Readonly<Record<Name, WantedPort>>,
): Promise<Claims<Name>> {
  const claims = await claimPorts(dir, ports, 'make local');
  t.after(() => claims.release(...(Object.keys(ports) as Name[])));
  return claims;
}

test('what is claimed nobody else can take, until it is released', async (t) => {
  const [one = 0, other = 0] = await free(2);
  const ports = { a: wanted('default', one, 'a'), b: wanted('user', other, 'b') };
  const claims = await claimed(t, temporaryDirectory(t), ports);
  assert.deepEqual(claims.ports, { a: one, b: other });
  assert.equal(typeof (await holdPort(one)), 'string');
  await claims.release('a');
  assert.equal(await held(t, one), one);
});

test('where the usual port is in use, the next free one is taken, and it is said why', async (t) => {
  const usual = await held(t);
  const { notes, ports, variables } = await claimed(t, temporaryDirectory(t), { a: wanted('default', usual, 'a') });
  assert.ok(ports.a > usual, String(ports.a));
  assert.deepEqual(notes, [`Port ${usual} is in use by ${notes[0]?.split('in use by ')[1]}`]);
  assert.match(notes[0] ?? '', new RegExp(`node \\(process ${process.pid}\\).*: the a takes ${ports.a}\\.$`));
  assert.deepEqual(variables, { A_PORT: String(ports.a) });
});

test("every port of the user's that is in use is named at once, with a line that has a free port for each server", async (t) => {
  const [first, second] = [await held(t), await held(t)];
  const [third = 0] = await free(1);
  const ports = { a: wanted('user', first, 'a'), b: wanted('user', second, 'b'), c: wanted('default', third, 'c') };
  const said = 'make local AUTH=Open';
  const error: unknown = await claimPorts(temporaryDirectory(t), ports, said).catch((it: unknown) => it);
  assert.ok(error instanceof Failure);
  assert.match(error.message, new RegExp(`^Port ${first} \\(A_PORT\\), for the a, is in use by .+\\.$`, 'm'));
  assert.match(error.message, new RegExp(`^Port ${second} \\(B_PORT\\), for the b, is in use by .+\\.$`, 'm'));
  const [, a, b, c] = /^ {2}make local AUTH=Open A_PORT=(\d+) B_PORT=(\d+) C_PORT=(\d+)$/m.exec(error.message) ?? [];
  assert.equal(Number(c), third);
  // Following the advice works: nothing that it names is in use, or named twice.
  const again = {
    a: wanted('user', Number(a), 'a'),
    b: wanted('user', Number(b), 'b'),
    c: wanted('user', Number(c), 'c'),
  };
  assert.deepEqual((await claimed(t, temporaryDirectory(t), again)).notes, []);
});

test('a port that is named for two servers is refused', async (t) => {
  const [port = 0] = await free(1);
  const ports = { a: wanted('user', port, 'a'), b: wanted('user', port, 'b') };
  await assert.rejects(
    claimPorts(temporaryDirectory(t), ports, 'make local'),
    new RegExp(`Port ${port} \\(B_PORT\\), for the b, is meant for another server too`),
  );
});

const SERVER = `require('node:http').createServer((_, response) => response.end('ok')).listen(Number(process.argv[1]), '127.0.0.1');`;

test('a server that runs keeps its port where none is named, so that a line without ports stops nothing', async (t) => {
  const dir = directoryOf(t, (it) => stopDaemon(it, 'a'));
  const launch = (port: number) => ({ program: process.execPath, args: ['-e', SERVER, String(port)], env: {} });
  const daemon = { name: 'a', title: 'the a', dir, port: 0, portVariable: 'A_PORT', healthPath: '/', launch };
  const { port } = await ensureRunning(daemon);
  const [usual = 0] = await free(1);
  const { ports } = await claimed(t, dir, { a: wanted('default', usual, 'a') });
  assert.equal(ports.a, port);
  const same = await claimed(t, dir, { a: wanted('user', port, 'a') });
  assert.equal(same.ports.a, port);
});

/** A program of another copy of the project that listens, in `cwd` of it. */
async function listening(t: TestContext, cwd: string): Promise<number> {
  const server = `const s = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port));`;
  const child: ChildProcess = spawn(process.execPath, ['-e', server], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  assert.ok(child.stdout);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(chunk.toString());
}

test('of a port that another make local holds, its folder is told', async (t) => {
  const other = realpathSync(temporaryDirectory(t));
  for (const folder of ['local/src', '.local']) mkdirSync(join(other, folder), { recursive: true });
  writeFileSync(join(other, 'local/src/main.ts'), '');
  for (const cwd of [other, join(other, '.local')]) {
    const port = await listening(t, cwd);
    const ports = { a: wanted('user', port, 'a') };
    await assert.rejects(claimPorts(temporaryDirectory(t), ports, 'make local'), (error: Error) => {
      assert.ok(error.message.includes(`is in use by node (process `), error.message);
      assert.ok(error.message.includes(`) of "make" in ${other}.`), error.message);
      return true;
    });
  }
});

test('a line for make is one that a shell understands', () => {
  const variables = { AUTH: 'Open', TVM_CONFIG: "it's my.toml", TVM_STACK: undefined };
  assert.equal(makeLine('local', variables), `make local AUTH=Open TVM_CONFIG='it'\\''s my.toml'`);
});
