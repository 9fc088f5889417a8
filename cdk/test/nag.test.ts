/**
 * AWS's own review (cdk-nag, its pack AwsSolutions) of every shipped configuration in every mode: nothing is found that is not
 * acknowledged, with its reason, beside what it is about. Real: the rules, the files and `tvm`, which reads them.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import type { TvmConfig } from '../lib/canonical-config.ts';
import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';
import { shippedConfigurations } from './configurations.ts';
import {
  bySecret,
  COGNITO,
  canonical,
  EVERYTHING_BEFORE,
  FUNCTIONS,
  MODES,
  MOMENTO,
  testApp,
  WATCHED,
} from './fixtures.ts';

/** Each finding as `rule path`. The paths begin with the name of the stack. */
function findings(app: App): string[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
  );
}

function add(app: App, name: string, config: TvmConfig): void {
  new TokenVendingMachineStack(app, name, { config, configPath: '/nowhere/tvm.toml' });
}

test('every shipped configuration passes the review, in every mode that it can be deployed in', () => {
  const app = testApp();
  const shipped = shippedConfigurations();
  for (const [index, { config }] of shipped.entries()) {
    add(app, `File${index}`, config);
    add(app, `File${index}Chat`, { ...config, web: { enabled: true } });
    for (const auth of MODES) {
      add(app, `File${index}${auth}`, { ...config, auth });
    }
  }
  assert.ok(shipped.length >= 10);
  assert.deepEqual(findings(app), []);
});

test('what the configuration adds passes it too', () => {
  const app = testApp();
  const functions = { ...FUNCTIONS, architecture: 'arm64', tracing: true, reserved_concurrency: 5 } as const;
  for (const auth of MODES) {
    add(app, auth, canonical({ auth, functions, web: { enabled: true } }));
    const secrets = { kms_key: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd' };
    add(app, `${auth}Named`, canonical({ auth, momento: { ...MOMENTO, secret: 'momento-key' }, secrets }));
    add(app, `${auth}Watched`, canonical({ auth, monitoring: WATCHED }));
  }
  add(app, 'Rotated', canonical({ momento: { ...MOMENTO, rotate_every: 30 * 86_400 } }));
  const deployment = {
    stage: 'prod',
    open_to_everybody: true,
    kms_key: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd',
  } as const;
  add(app, 'Encrypted', canonical({ api: EVERYTHING_BEFORE, web: { enabled: true }, deployment }));
  for (const auth of MODES) {
    add(app, `${auth}Guarded`, canonical({ auth, api: EVERYTHING_BEFORE, web: { enabled: true } }));
  }
  add(app, 'Signed', canonical({ auth: 'LambdaAuthorizer', authorizer: bySecret('signing') }));
  const guarded = { ...COGNITO, mfa: 'required', threat_protection: 'enforced', self_sign_up: true } as const;
  add(app, 'Guarded', canonical({ auth: 'AmazonCognito', cognito: { ...guarded, writable_attributes: ['email'] } }));
  assert.deepEqual(findings(app), []);
});

test('what the configuration leaves out is acknowledged only where it is left out', () => {
  const acknowledged = (config: TvmConfig) => {
    const app = testApp();
    add(app, 'Machine', config);
    const { DeploymentStage } = Object.fromEntries(
      app.node.findAll().map((found) => [found.node.id.replace('.prod', ''), found]),
    );
    const said = JSON.stringify(DeploymentStage?.node.metadata ?? []);
    return ['APIG1', 'APIG3', 'APIG6'].filter((rule) => said.includes(`AwsSolutions-${rule}`));
  };
  assert.deepEqual(acknowledged(canonical()), ['APIG1', 'APIG3', 'APIG6']);
  assert.deepEqual(acknowledged(canonical({ api: EVERYTHING_BEFORE })), ['APIG6']);
});

test('a password policy below AWS’s advice is a finding: it is acknowledged nowhere', () => {
  const app = testApp();
  const password = { min_length: 7, require: ['lowercase', 'digits'] } as const;
  add(app, 'Weak', canonical({ auth: 'AmazonCognito', cognito: { ...COGNITO, password } }));
  assert.deepEqual(findings(app), ['AwsSolutions-COG1 Weak/TokenVendingMachine/UserDirectory/UserPool/Resource']);
});
