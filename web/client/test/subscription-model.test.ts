/**
 * Random histories of a topic, its networks and its tokens, each told by its seed: every message once and in order, or a
 * gap where one is missing. Tokens live for 20 seconds, so each history has several changes of token.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Listener, Stage } from './support/listener.ts';
import { dice } from './support/random.ts';
import type { Connection } from './support/topic-service.ts';

const HISTORIES = Number(process.env['HISTORIES'] ?? 60);
const STEPS = 150;

type Chance = readonly [weight: number, happen: (stage: Stage, random: () => number) => void];

const some = <T>(of: readonly T[], random: () => number): T | undefined => of[Math.floor(random() * of.length)];
const connection = (stage: Stage, random: () => number): Connection | undefined => some(stage.service.open, random);

const EVERYDAY: readonly Chance[] = [
  [40, ({ service }) => service.publish(`${service.published.length + 1}`)],
  [4, (stage, random) => connection(stage, random)?.cut()],
  [3, ({ device }) => device.window.dispatchEvent(new Event('online'))],
  [
    3,
    (stage, random) => {
      connection(stage, random)?.silence();
      stage.device.clock.sleep(random() * 60_000);
      stage.device.window.dispatchEvent(new Event('online'));
    },
  ],
  [
    5,
    (stage, random) => {
      const again = connection(stage, random);
      const item = some(again?.sent ?? [], random);
      if (item) again?.sendItem(item);
    },
  ],
  [2, ({ device }) => device.endpoint.reply(() => device.endpoint.refusal(503, 'MomentoUnavailable'))],
];

const TROUBLE: readonly Chance[] = [
  ...EVERYDAY,
  [3, ({ service }, random) => service.skip(1 + Math.floor(random() * 3))],
  [1, ({ service }, random) => service.reset(1 + Math.floor(random() * 1_000_000))],
  [
    2,
    ({ service }, random) => {
      service.kept = Math.floor(random() * 5);
    },
  ],
];

/** Plays a history to its quiet end. */
async function play(seed: number, chances: readonly Chance[]): Promise<{ stage: Stage; listener: Listener }> {
  const random = dice(seed);
  const stage = new Stage();
  const listener = new Listener();
  stage.device.endpoint.life = 20;
  stage.device.clock.dice = random;
  // Where a stream stands is known from its first message on.
  await stage.subscribe(listener);
  stage.service.publish('1');
  await stage.pass(100);
  stage.service.latency = () => random() * 400;
  const total = chances.reduce((sum, [weight]) => sum + weight, 0);
  for (let step = 0; step < STEPS; step += 1) {
    let left = random() * total;
    const chance = chances.find(([weight]) => {
      left -= weight;
      return left < 0;
    });
    chance?.[1](stage, random);
    await stage.pass(Math.ceil(random() * 800));
  }
  stage.device.endpoint.recover();
  stage.device.window.dispatchEvent(new Event('online'));
  await stage.pass(120_000);
  stage.service.publish('the end');
  await stage.pass(5_000);
  stage.topics.close();
  stage.source.stop();
  await stage.pass(1_000);
  return { stage, listener };
}

test('with a service that keeps its messages, each is delivered once and in order, and no gap is told', async () => {
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const { stage, listener } = await play(seed, EVERYDAY);
    const published = stage.service.published.map(({ value }) => value);
    assert.deepEqual(listener.values, published, `seed ${seed}`);
    assert.ok(stage.device.endpoint.asked.length > 5, `seed ${seed}: tokens have changed`);
    assert.equal(stage.device.clock.pendingTimers, 0, `seed ${seed}: no timer is left`);
  }
});

test('with one that skips, forgets and begins anew, nothing comes twice or out of order, and each hole is told', async () => {
  let holes = 0;
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const { stage, listener } = await play(seed, TROUBLE);
    const order = new Map<unknown, number>(stage.service.published.map(({ value }, index) => [value, index]));
    let last = -1;
    /** The last message that was told to be missing; some of those may come after all. */
    let told = -1;
    /** How many of a topic that began anew were told of, before its first came. */
    let more = 0;
    for (const heard of listener.values) {
      if (typeof heard === 'object' && 'missed' in heard) {
        told = Math.max(told, last) + (heard.missed ?? Number.POSITIVE_INFINITY);
        more = heard.missed === undefined ? 0 : more + heard.missed;
        continue;
      }
      const index = order.get(heard) ?? Number.NaN;
      assert.ok(index > last, `seed ${seed}: ${index} after ${last}`);
      assert.ok(index <= Math.max(told, last) + 1, `seed ${seed}: nobody was told what is missing before ${index}`);
      holes += index > last + 1 ? 1 : 0;
      if (told === Number.POSITIVE_INFINITY) told = index + more;
      more = 0;
      last = index;
    }
    assert.equal(last, stage.service.published.length - 1, `seed ${seed}: the end was heard`);
  }
  assert.ok(holes > HISTORIES, 'these histories have holes');
});
