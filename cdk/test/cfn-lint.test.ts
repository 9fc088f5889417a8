/**
 * cfn-lint's judgement of every shipped configuration in every mode, and of one with everything on, for regions of each partition:
 * nothing is found that `cfn-lint-exceptions.ts` does not accept, with its reason, and nothing is accepted that is not found.
 */

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import type { TvmConfig } from '../lib/canonical-config.ts';
import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';
import { type Finding, judge, type LintedTemplate, lint } from './cfn-lint.ts';
import { EXCEPTIONS } from './cfn-lint-exceptions.ts';
import { everything, shippedConfigurations } from './configurations.ts';
import { MODES, testApp } from './fixtures.ts';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-central-1', 'ap-northeast-1', 'us-gov-west-1', 'cn-north-1'];

/** By the name of the stack. Without CDK's own metadata, by which cfn-lint knows such templates and then says less. */
function templatesOf(configurations: ReadonlyMap<string, TvmConfig>): Map<string, LintedTemplate> {
  const app = testApp();
  for (const [name, config] of configurations) {
    new TokenVendingMachineStack(app, name, { config, configPath: '/nowhere/tvm.toml' });
  }
  return new Map(app.synth().stacks.map(({ stackName, template }) => [stackName, template]));
}

function configurations(): Map<string, TvmConfig> {
  const found = new Map<string, TvmConfig>();
  const shipped = shippedConfigurations();
  for (const auth of MODES) {
    for (const { name, config } of shipped) found.set(`${name}-${auth}`, { ...config, auth });
    found.set(`everything-${auth}`, everything(auth));
  }
  return found;
}

const templates = new Map<string, LintedTemplate>();
let findings: readonly Finding[] = [];
let seconds = 0;

before(async () => {
  for (const [name, template] of templatesOf(configurations())) templates.set(name, template);
  const start = performance.now();
  findings = await lint(templates, REGIONS);
  seconds = (performance.now() - start) / 1000;
});

for (const region of REGIONS) {
  test(`CloudFormation's schemas of ${region} have nothing against any template that is not accepted`, (t) => {
    const { found, accepted, open, needless } = judge(findings, EXCEPTIONS, region);
    t.diagnostic(
      `${region}: ${templates.size} templates, ${found} findings, ${accepted} of them accepted; ` +
        `${seconds.toFixed(1)} s for all ${REGIONS.length} regions`,
    );
    assert.ok(templates.size >= 40, 'the configurations are there');
    assert.deepEqual(open, []);
    assert.deepEqual(needless, [], 'these exceptions accept nothing: remove them');
  });
}

test('a finding is of the region that its message names, and is accepted in no other', async () => {
  const template = templates.get('everything-AmazonCognito');
  assert.ok(template);
  const found = await lint(new Map([['pool', template]]), ['eu-central-1', 'cn-north-1']);
  const pools = { rule: 'E3006', at: ['AWS::Cognito::UserPool'], reason: '' };
  const rules = (region: string, regions: string[]) => {
    const { open } = judge(found, [{ ...pools, regions }], region);
    return open.filter(({ rule, at }) => rule === pools.rule && pools.at.includes(at)).map(({ rule }) => rule);
  };
  assert.deepEqual(rules('cn-north-1', []), ['E3006']);
  assert.deepEqual(rules('cn-north-1', ['cn-north-1']), []);
  assert.deepEqual(rules('eu-central-1', []), []);
  assert.equal(judge(found, [{ ...pools, regions: ['eu-central-1'] }], 'eu-central-1').needless.length, 1);
});

test('what CloudFormation would refuse is found, with the place in the template', async () => {
  const broken = {
    Resources: {
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Nmae: 'x' } },
      Pool: { Type: 'AWS::Cognito::UserPool', Properties: { MfaConfiguration: 'SOMETIMES' } },
    },
  };
  const found = await lint(new Map([['broken', broken]]), ['us-east-1']);
  assert.deepEqual(
    found.filter(({ rule }) => rule.startsWith('E')).map(({ rule, at }) => `${rule} ${at}`),
    ['E3002 AWS::SecretsManager::Secret/Properties/Nmae', 'E3030 AWS::Cognito::UserPool/Properties/MfaConfiguration'],
  );
});
