import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cloudOptionsFrom } from '../../src/aws/options.ts';
import { Failure } from '../../src/failure.ts';
import { temporaryDirectory } from '../fixtures.ts';

test('without a stage there is one stack, of the one file', () => {
  const { config, dir, stackName, stage } = cloudOptionsFrom({}, '/somewhere');
  assert.deepEqual(
    { config, dir, stackName, stage },
    {
      config: '/somewhere/config/tvm.toml',
      dir: '/somewhere/.local/aws/TokenVendingMachine',
      stackName: 'TokenVendingMachine',
      stage: undefined,
    },
  );
});

test('a stage is a stack of its own, synthesized into a folder of its own', () => {
  const { config, dir, stackName } = cloudOptionsFrom({ STAGE: 'test' }, '/somewhere');
  assert.equal(stackName, 'TokenVendingMachine-test');
  assert.equal(dir, '/somewhere/.local/aws/TokenVendingMachine-test');
  assert.equal(config, '/somewhere/config/tvm.toml');
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
    assert.throws(() => cloudOptionsFrom({ STAGE }, '/somewhere'), Failure, STAGE);
  }
});

test('a summary of what changes is shown, and all of it where that is said', () => {
  assert.equal(cloudOptionsFrom({}, '/somewhere').diff, 'summary');
  assert.equal(cloudOptionsFrom({ DIFF: 'full' }, '/somewhere').diff, 'full');
  assert.throws(() => cloudOptionsFrom({ DIFF: 'all' }, '/somewhere'), /DIFF=all .* use DIFF=full/);
});

test('nothing is approved but by a clear yes', () => {
  assert.equal(cloudOptionsFrom({}, '/somewhere').approval, 'asked');
  assert.equal(cloudOptionsFrom({ YES: '1' }, '/somewhere').approval, 'given');
  assert.throws(() => cloudOptionsFrom({ YES: 'no' }, '/somewhere'), /YES=no says neither/);
});
