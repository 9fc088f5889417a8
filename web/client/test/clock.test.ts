/** The one clock that everything goes by, made of the two that a device has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { steadyAcrossSleep } from '../src/clock.ts';

const device = () => {
  const clocks = { wall: 1_000_000, steady: 500 };
  const now = steadyAcrossSleep(
    () => clocks.wall,
    () => clocks.steady,
  );
  const pass = (wall: number, steady: number) => {
    clocks.wall += wall;
    clocks.steady += steady;
  };
  return { now, pass };
};

test('time that only the wall clock saw was sleep, and counts', () => {
  const { now, pass } = device();
  pass(10_000, 10_000);
  assert.equal(now(), 10_500);
  pass(3_600_000, 2_000);
  assert.equal(now(), 10_500 + 3_600_000);
});

test('setting the clock back does not give a token a longer life', () => {
  const { now, pass } = device();
  pass(-86_400_000, 1_000);
  assert.equal(now(), 1_500);
  pass(60_000, 60_000);
  assert.equal(now(), 61_500);
});

test('sleep after the clock was set back counts in full', () => {
  const { now, pass } = device();
  pass(-86_400_000, 0);
  now();
  pass(3_600_000, 0);
  assert.equal(now(), 500 + 3_600_000);
});

test('two clocks that are read one after the other do not make time', () => {
  const { now, pass } = device();
  for (let call = 0; call < 1_000; call += 1) {
    pass(call % 2 === 0 ? 2 : 0, 1);
    now();
  }
  assert.equal(now(), 1_500);
});
