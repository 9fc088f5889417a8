/** What is deployed to the local emulator: the stack, without what it refuses. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { emulated } from '../lib/emulated.ts';
import { API, canonical, MODES, MOMENTO, synthesizeWith } from './fixtures.ts';

/** Types that the emulator's CloudFormation refuses, or that wait there for what never comes. */
const REFUSED = [
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::WebACLAssociation',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::ApiGateway::DomainName',
  'Custom::CDKBucketDeployment',
];

const EVERYTHING = canonical({
  momento: { ...MOMENTO, rotate_every: 30 * 86_400 },
  web: { enabled: true },
  api: {
    ...API,
    access_logs: true,
    disable_default_endpoint: true,
    waf: { requests_per_5_minutes: 100, managed_rules: [], logs: true },
    domain: { name: 'tokens.example.com', certificate: 'arn:aws:acm:us-east-1:111122223333:certificate/a' },
  },
});

test('the emulator gets nothing that it refuses, and all the rest', () => {
  const types = (config: typeof EVERYTHING) =>
    new Set(Object.values(synthesizeWith({ config }).toJSON()['Resources'] as object).map(({ Type }) => Type));
  const there = types(EVERYTHING);
  assert.deepEqual(
    REFUSED.filter((type) => !there.has(type)),
    [],
  );
  const here = types(emulated(EVERYTHING));
  assert.deepEqual(
    REFUSED.filter((type) => here.has(type)),
    [],
  );
  assert.equal(emulated(EVERYTHING).api.access_logs, true);
  // There is no other name for the endpoint there.
  assert.equal(emulated(EVERYTHING).api.disable_default_endpoint, false);
});

test('no output of a stack on the emulator names a host of AWS that a caller could send a password to', () => {
  for (const auth of MODES) {
    const config = emulated({ ...EVERYTHING, auth });
    const { Outputs } = synthesizeWith({ config, emulatorUrl: 'http://127.0.0.1:4566' }).toJSON();
    assert.doesNotMatch(JSON.stringify(Outputs), /execute-api\.|URLSuffix/, auth);
    assert.match(
      JSON.stringify(Outputs.Endpoint.Value),
      /^\{"Fn::Join":\["",\["http:\/\/127\.0\.0\.1:4566\/_aws\/execute-api\//,
    );
  }
});
