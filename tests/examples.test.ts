/**
 * Every configuration that is shipped makes a template: what `make synth` prints, without AWS, Docker or a build of the
 * functions.
 *
 * Real: the files, `tvm`, the CDK app's own loader and stack. Nothing is deployed.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { loadConfig, TokenVendingMachineStack } from '@token-vending-machine/cdk';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { buildTools, ROOT } from 'local';

const EXAMPLES = join(ROOT, 'config/examples');
const FILES = [
  join(ROOT, 'config/tvm.toml'),
  ...readdirSync(EXAMPLES)
    .sort()
    .map((name) => join(EXAMPLES, name)),
];

let tvm = '';
before(async () => {
  tvm = (await buildTools(join(ROOT, '.local/test-examples'), ['tvm'])).tvm;
});

assert.ok(FILES.length >= 7, `only ${FILES.length} configurations`);
for (const file of FILES) {
  test(`${file.slice(ROOT.length + 1)} makes a template of its mode`, () => {
    const { config, path } = loadConfig({ ...process.env, TVM_BIN: tvm, TVM_CONFIG: file });
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    const template = Template.fromStack(new TokenVendingMachineStack(app, 'Example', { config, configPath: path }));
    template.hasOutput('AuthMode', { Value: config.auth });
    template.resourceCountIs('AWS::ApiGateway::Authorizer', config.auth === 'Open' ? 0 : 1);
    const makesPool = config.auth === 'AmazonCognito' && config.cognito.user_pool === undefined;
    template.resourceCountIs('AWS::Cognito::UserPoolGroup', makesPool ? Object.keys(config.groups).length : 0);
  });
}
