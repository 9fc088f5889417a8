import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from '../src/progress.ts';
import { Transcript } from './fixtures.ts';

test('without a terminal there are plain lines: the beginning, and the end with its note', async () => {
  const screen = new Transcript();
  const result = await new Progress(screen, {}).step(
    'Work',
    async () => 'done',
    (it) => it,
  );
  assert.equal(result, 'done');
  assert.equal(screen.text, '… Work\n✓ Work – done\n');
});

test('a step that fails is marked, and the failure goes on', async () => {
  const screen = new Transcript();
  const failing = new Progress(screen, {}).step('Work', () => Promise.reject(new Error('no')));
  await assert.rejects(failing, /^Error: no$/);
  assert.equal(screen.text, '… Work\n✗ Work\n');
});

test('on a terminal a slow step shows its seconds running and what it is at, on one line that fits', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const screen = new Transcript(true);
  const step = new Progress(screen, { NO_COLOR: '1' }).step('Work', async (watch) => {
    watch('Compiling something');
    now = 2000;
    t.mock.timers.tick(1000);
    watch('x'.repeat(200));
    t.mock.timers.tick(1000);
  });
  await step;
  const drawn = screen.text.split('\r\u001b[2K');
  assert.deepEqual(drawn.slice(0, 3), ['', '… Work', '… Work (2 s) – Compiling something']);
  assert.equal(drawn[3]?.length, 79);
  assert.equal(drawn[4], '✓ Work (2 s)\n');
});

test('colour is for terminals whose owner did not say NO_COLOR', () => {
  const painted = (isTTY: boolean, env: NodeJS.ProcessEnv) =>
    new Progress(new Transcript(isTTY), env).strong('x') !== 'x';
  assert.deepEqual([painted(true, {}), painted(true, { NO_COLOR: '1' }), painted(false, {})], [true, false, false]);
});
