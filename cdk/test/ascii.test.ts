/**
 * No template has a character beyond ASCII: CloudFormation's GetTemplate gives each back as `?`, so that `cdk import`, which
 * docs/upgrades.md prescribes, takes an untouched resource for changed and fails (aws-cdk 38708). Real: the shipped files and `tvm`,
 * which reads them. Nothing is deployed.
 */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { Template } from 'aws-cdk-lib/assertions';

import { loadConfig } from '../lib/config.ts';
import { repositoryRoot } from '../lib/repository.ts';
import { canonical, EVERYTHING_BEFORE, FUNCTIONS, MODES, synthesize, WATCHED } from './fixtures.ts';

const EXAMPLES = join(repositoryRoot, 'config/examples');
const SHIPPED = [join(repositoryRoot, 'config/tvm.toml'), ...readdirSync(EXAMPLES).map((file) => join(EXAMPLES, file))];

/** Every part of AWS that the file may ask for. */
const EVERYTHING = {
  api: EVERYTHING_BEFORE,
  functions: { ...FUNCTIONS, tracing: true, reserved_concurrency: 5 },
  momento: { rotate_every: 30 * 86_400 },
  monitoring: WATCHED,
  secrets: { kms_key: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' },
  web: { enabled: true },
};

/** What stands around each character beyond ASCII. */
function beyondAscii(template: Template): string[] {
  return [...JSON.stringify(template.toJSON()).matchAll(/.{0,60}\P{ASCII}.{0,30}/gu)].map(([found]) => found);
}

test('the template of every shipped configuration is ASCII, in every mode', () => {
  assert.ok(SHIPPED.length >= 10);
  for (const file of SHIPPED) {
    const { config } = loadConfig({ ...process.env, TVM_CONFIG: file });
    for (const auth of MODES) {
      assert.deepEqual(beyondAscii(synthesize({ ...config, auth })), [], `${file}, ${auth}`);
    }
  }
});

test('so it is with everything that a file may ask for', () => {
  for (const auth of MODES) {
    for (const monitoring of [WATCHED, { ...WATCHED, metrics: false }]) {
      assert.deepEqual(beyondAscii(synthesize({ ...EVERYTHING, auth, monitoring })), [], auth);
    }
  }
});

test('what a file says of a group is in the template as it is, so the check warns of it', () => {
  const { groups } = canonical();
  const described = { ...groups, Readers: { description: 'may listen \u2013 no more', permissions: [] } };
  assert.equal(beyondAscii(synthesize({ auth: 'AmazonCognito', groups: described })).length, 1);
});
