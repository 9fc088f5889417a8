/** The templates against the rules that CDK knows of CloudFormation. They are in the library: no network is needed. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';
import { COGNITO, canonical, EVERYTHING_BEFORE, FUNCTIONS, MODES, testApp, WATCHED } from './fixtures.ts';

test('CloudFormation would have nothing to say against the template of any mode', () => {
  process.env['CDK_VALIDATION'] = 'true';
  const app = testApp();
  for (const auth of MODES) {
    new TokenVendingMachineStack(app, auth, { config: canonical({ auth }), configPath: '/nowhere/tvm.toml' });
  }
  const pool = {
    mfa: 'optional',
    threat_protection: 'enforced',
    deletion_protection: true,
    self_sign_up: true,
  } as const;
  for (const [name, said] of Object.entries({
    Guarded: { ...pool, writable_attributes: ['email'] as const },
    Existing: { user_pool: 'eu-central-1_AbC123', clients: ['app'], token_use: 'access' as const },
  })) {
    const config = canonical({ auth: 'AmazonCognito', cognito: { ...COGNITO, ...said } });
    new TokenVendingMachineStack(app, name, { config, configPath: '/nowhere/tvm.toml' });
  }
  for (const auth of MODES) {
    const config = canonical({ auth, web: { enabled: true } });
    new TokenVendingMachineStack(app, `Chat${auth}`, { config, configPath: '/nowhere/tvm.toml' });
  }
  for (const auth of MODES) {
    const deployment = { stage: 'prod', open_to_everybody: true } as const;
    const functions = { ...FUNCTIONS, reserved_concurrency: 5, tracing: true };
    const secrets = { kms_key: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' };
    const config = canonical({ auth, deployment, functions, secrets, api: EVERYTHING_BEFORE, monitoring: WATCHED });
    new TokenVendingMachineStack(app, `Prod${auth}`, { config, configPath: '/nowhere/tvm.toml' });
  }
  const report = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'));
  const [plugin] = report.pluginReports;
  assert.equal(plugin.conclusion, 'success');
  assert.deepEqual(plugin.violations, []);
});
