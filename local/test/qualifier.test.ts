/** The qualifier of `cdk bootstrap`: the same that CDK and the app find. Real: the files, and CDK's own default. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BOOTSTRAP_QUALIFIER_CONTEXT, DefaultStackSynthesizer } from 'aws-cdk-lib';
import { qualifierFrom } from '../src/qualifier.ts';
import { temporaryDirectory } from './fixtures.ts';

test('the environment counts before the context of the app, and that before the user’s', (t) => {
  const [root, home] = [temporaryDirectory(t), temporaryDirectory(t)];
  const found = (env: NodeJS.ProcessEnv = {}) => qualifierFrom(env, root, home);
  const write = (path: string, content: unknown) => writeFileSync(path, JSON.stringify(content));
  const context = (qualifier: string) => ({ [BOOTSTRAP_QUALIFIER_CONTEXT]: qualifier });
  mkdirSync(join(root, 'cdk'));
  assert.equal(found(), DefaultStackSynthesizer.DEFAULT_QUALIFIER);
  writeFileSync(join(root, 'cdk/cdk.json'), 'no JSON');
  assert.equal(found(), DefaultStackSynthesizer.DEFAULT_QUALIFIER);
  write(join(home, '.cdk.json'), { context: context('user') });
  assert.equal(found(), 'user');
  write(join(root, 'cdk/cdk.context.json'), context('found'));
  assert.equal(found(), 'found');
  write(join(root, 'cdk/cdk.json'), { app: 'x', context: context('app') });
  assert.equal(found(), 'app');
  assert.equal(found({ CDK_QUALIFIER: '' }), 'app');
  assert.equal(found({ CDK_QUALIFIER: 'acme' }), 'acme');
});
