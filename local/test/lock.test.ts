/** One command at a time in a folder. Real: the files, and the processes that they name. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Failure } from '../src/failure.ts';
import { withLock } from '../src/lock.ts';
import { identityOf } from '../src/processes.ts';
import { temporaryDirectory } from './fixtures.ts';

test('a second command in the same folder is refused, with what runs there; after the first it may run', async (t) => {
  const dir = join(temporaryDirectory(t), '.local');
  const refused: unknown = await withLock(dir, 'make local', () =>
    withLock(dir, 'make local-stop', async () => 'ran').catch((error: unknown) => error),
  );
  assert.ok(refused instanceof Failure);
  assert.match(refused.message, new RegExp(`^"make local" \\(process ${process.pid}\\) is at work in /`));
  assert.equal(await withLock(dir, 'make local', async () => 'ran'), 'ran');
});

test('a command that fails lets go of the folder, and leaves nothing in it', async (t) => {
  const dir = temporaryDirectory(t);
  await assert.rejects(
    withLock(dir, 'make local', async () => Promise.reject(new Failure('no'))),
    /^Failure: no$/,
  );
  assert.deepEqual(readdirSync(dir), []);
});

test('the lock of a process that has ended, or of another one with its number, is none', async (t) => {
  const dir = temporaryDirectory(t);
  const me = identityOf(process.pid);
  for (const left of [{ ...me, pid: 2 ** 22 + 1 }, { ...me, began: 'another time' }, 'cut sho']) {
    writeFileSync(
      join(dir, 'lock.json'),
      JSON.stringify({ ...(typeof left === 'object' ? left : {}), command: 'make local' }),
    );
    assert.equal(await withLock(dir, 'make local', async () => 'ran'), 'ran');
  }
  assert.deepEqual(readdirSync(dir), []);
});
