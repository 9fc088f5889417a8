/**
 * No template has a character beyond ASCII: CloudFormation's GetTemplate gives each back as `?`, so that `cdk import`, which
 * docs/upgrades.md prescribes, takes an untouched resource for changed and fails (aws-cdk 38708). Real: the shipped files and `tvm`,
 * which reads them. Nothing is deployed.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Template } from 'aws-cdk-lib/assertions';

import { everything, shippedConfigurations } from './configurations.ts';
import { canonical, MODES, synthesize, WATCHED } from './fixtures.ts';

/** What stands around each character beyond ASCII. */
function beyondAscii(template: Template): string[] {
  return [...JSON.stringify(template.toJSON()).matchAll(/.{0,60}\P{ASCII}.{0,30}/gu)].map(([found]) => found);
}

test('the template of every shipped configuration is ASCII, in every mode', () => {
  assert.ok(shippedConfigurations().length >= 10);
  for (const { name, config } of shippedConfigurations()) {
    for (const auth of MODES) {
      assert.deepEqual(beyondAscii(synthesize({ ...config, auth })), [], `${name}, ${auth}`);
    }
  }
});

test('so it is with everything that a file may ask for', () => {
  for (const auth of MODES) {
    for (const monitoring of [WATCHED, { ...WATCHED, metrics: false }]) {
      assert.deepEqual(beyondAscii(synthesize({ ...everything(auth), monitoring })), [], auth);
    }
  }
});

test('what a file says of a group is in the template as it is, so the check warns of it', () => {
  const { groups } = canonical();
  const described = { ...groups, Readers: { description: 'may listen \u2013 no more', permissions: [] } };
  assert.equal(beyondAscii(synthesize({ auth: 'AmazonCognito', groups: described })).length, 1);
});
