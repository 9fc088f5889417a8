import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cloudOptionsFrom } from '../../src/aws/options.ts';
import { Failure } from '../../src/failure.ts';
import { temporaryDirectory } from '../fixtures.ts';

test('without a stage there is one stack, of the one file', () => {
  const { config, dir, stackName, stage } = cloudOptionsFrom({}, '/root');
  assert.deepEqual(
    { config, dir, stackName, stage },
    {
      config: '/root/config/tvm.toml',
      dir: '/root/.local/aws/TokenVendingMachine',
      stackName: 'TokenVendingMachine',
      stage: undefined,
    },
  );
});

test('a stage is a stack of its own, synthesized into a folder of its own', () => {
  const { config, dir, stackName } = cloudOptionsFrom({ STAGE: 'test' }, '/root');
  assert.equal(stackName, 'TokenVendingMachine-test');
  assert.equal(dir, '/root/.local/aws/TokenVendingMachine-test');
  assert.equal(config, '/root/config/tvm.toml');
});

test('a stage has its own file where there is one, unless another is named', (t) => {
  const root = temporaryDirectory(t);
  mkdirSync(join(root, 'config'));
  writeFileSync(join(root, 'config/tvm.prod.toml'), '');
  assert.equal(cloudOptionsFrom({ STAGE: 'prod' }, root).config, join(root, 'config/tvm.prod.toml'));
  assert.equal(cloudOptionsFrom({ STAGE: 'prod', TVM_CONFIG: 'mine.toml' }, root).config, join(root, 'mine.toml'));
  assert.equal(cloudOptionsFrom({ STAGE: 'prod', TVM_STACK: 'Mine' }, root).stackName, 'Mine');
});

test('a stage that could be no part of a stack name is refused, a path among them', () => {
  for (const STAGE of ['../x', 'Prod', '1st', 'a_b', 'a'.repeat(41)]) {
    assert.throws(() => cloudOptionsFrom({ STAGE }, '/root'), Failure, STAGE);
  }
});

test('nothing is approved but by a clear yes', () => {
  assert.equal(cloudOptionsFrom({}, '/root').approval, 'asked');
  assert.equal(cloudOptionsFrom({ YES: '1' }, '/root').approval, 'given');
  assert.throws(() => cloudOptionsFrom({ YES: 'no' }, '/root'), /YES=no says neither/);
});
