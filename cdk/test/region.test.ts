/**
 * Regions and partitions: what the templates make of an id or an ARN of another region, what is refused in a region, and CDK's
 * qualifier. Real: `tvm`, the app, and what `aws-cdk-lib` knows of AWS's regions (`aws-cdk-lib/region-info`), which is nothing of ours.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { App, BOOTSTRAP_QUALIFIER_CONTEXT } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FactName, RegionInfo } from 'aws-cdk-lib/region-info';

import type { TvmConfig } from '../lib/canonical-config.ts';
import { ConfigError } from '../lib/config-error.ts';
import { TVM_BUILD_FLAGS } from '../lib/function-build.ts';
import { CONSOLES } from '../lib/monitoring.ts';
import { repositoryRoot } from '../lib/repository.ts';
import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';
import {
  bySecret,
  COGNITO,
  canonical,
  MOMENTO,
  MONITORING,
  only,
  type Part,
  synthesize,
  testApp,
  WATCHED,
} from './fixtures.ts';

const ACCOUNT = '111122223333';
const POOL = { ...COGNITO, user_pool: 'eu-central-1_AbC123', clients: ['app'] };
const cargoTvm = ['cargo', 'run', '--quiet', '--locked', ...TVM_BUILD_FLAGS, '--'];
const [program = '', ...before_] = process.env['TVM_BIN'] ? [process.env['TVM_BIN']] : cargoTvm;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-region-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** The keys that `tvm config check` refuses in this region. */
function refusedByTvm(toml: string, region: string): string[] {
  const file = join(folder, 'tvm.toml');
  writeFileSync(file, toml);
  const args = [...before_, 'config', 'check', '--region', region, file];
  const { status, stderr } = spawnSync(program, args, { cwd: repositoryRoot, encoding: 'utf8' });
  const keys = [...stderr.matchAll(/^(?!warning).*?tvm\.toml:\d+: `([a-z_.]+)`:/gm)].map(([, key = '']) => key);
  assert.equal(status === 0, keys.length === 0, stderr);
  return keys.sort();
}

/** Those that the construct refuses in a stack of this region. */
function refusedByConstruct(config: TvmConfig, region: string): string[] {
  try {
    inRegion(config, region);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, new RegExp(`cannot be deployed in ${region}:`));
    return [...error.message.matchAll(/^`([a-z_.]+)`:/gm)].map(([, key = '']) => key).sort();
  }
}

function inRegion(config: TvmConfig, region: string): Template {
  const stack = new TokenVendingMachineStack(testApp(), 'Machine', {
    config,
    configPath: join(repositoryRoot, 'config/tvm.toml'),
    env: { account: ACCOUNT, region },
  });
  return Template.fromStack(stack);
}

test('a user pool that is named by its id is asked in the region that the id begins with', () => {
  const arn = (template: Template) => {
    const [provider] = only(template, 'AWS::ApiGateway::Authorizer')['ProviderARNs'] as unknown[];
    const parts = (provider as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
    return parts.map((part) => (typeof part === 'string' ? part : `{${(part as { Ref: string }).Ref}}`)).join('');
  };
  const expected = `arn:{AWS::Partition}:cognito-idp:eu-central-1:{AWS::AccountId}:userpool/${POOL.user_pool}`;
  assert.equal(arn(synthesize({ auth: 'AmazonCognito', cognito: POOL })), expected);

  const elsewhere = only(
    inRegion(canonical({ auth: 'AmazonCognito', cognito: POOL }), 'us-west-2'),
    'AWS::ApiGateway::Authorizer',
  );
  const named = `:cognito-idp:eu-central-1:${ACCOUNT}:userpool/${POOL.user_pool}`;
  assert.match(JSON.stringify(elsewhere['ProviderARNs']), new RegExp(`${named}"`));

  // By its ARN, it is what is written.
  const user_pool = `arn:aws:cognito-idp:eu-west-1:444455556666:userpool/eu-west-1_Other`;
  const byArn = only(
    synthesize({ auth: 'AmazonCognito', cognito: { ...POOL, user_pool } }),
    'AWS::ApiGateway::Authorizer',
  );
  assert.match(JSON.stringify(byArn['ProviderARNs']), /cognito-idp:eu-west-1:444455556666:userpool\/eu-west-1_Other/);
});

test('a key for a secret of another region is used through the Secrets Manager of that region', () => {
  const secret = `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:momento-AbCdEf`;
  const secrets = { kms_key: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/1234abcd` };
  const { Statement } = only(synthesize({ momento: { ...MOMENTO, secret }, secrets }), 'AWS::IAM::Policy')[
    'PolicyDocument'
  ] as {
    Statement: Part[];
  };
  const decrypt = Statement.find(({ Action }) => Action === 'kms:Decrypt');
  assert.match(JSON.stringify(decrypt), /"kms:ViaService":\{"Fn::Join":\["",\["secretsmanager\.eu-central-1\.",/);
});

/** A configuration as a file, and as the app gets it. */
const CASES: readonly (readonly [toml: string, changes: Partial<TvmConfig>])[] = [
  ['auth = "Open"', {}],
  ['auth = "Open"\n[web]\nenabled = true', { web: { enabled: true } }],
  ['auth = "AmazonCognito"\nungrouped = "base"', { auth: 'AmazonCognito' }],
  ['auth = "Open"\n[functions]\ntracing = true', { functions: { ...canonical().functions, tracing: true } }],
  ...['us-east-1', 'us-gov-west-1', 'cn-north-1'].flatMap((region) => {
    const { partition = '' } = RegionInfo.get(region);
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${ACCOUNT}:${resource}`;
    const [certificate, topic] = [arn('acm', 'certificate/a'), arn('sns', 'on-call')];
    const [key, secret] = [arn('kms', 'key/a'), arn('secretsmanager', 'secret:s-AbCdEf')];
    const api = { ...canonical().api, domain: { name: 't.example.com', certificate, hosted_zone: 'Z0' } };
    const monitoring = { ...MONITORING, metrics: true, alarms: true, alarm_topic: topic };
    const signed =
      'auth = "LambdaAuthorizer"\nungrouped = "base"\n[authorizer]\nkind = "jwt"\nissuer = "https://issuer.example"\n' +
      `audience = ["a"]\nalgorithms = ["HS256"]\nhmac_secret = "${secret}"`;
    return [
      [
        `auth = "Open"\n[api.domain]\nname = "t.example.com"\nhosted_zone = "Z0"\ncertificate = "${certificate}"`,
        { api },
      ],
      [`auth = "Open"\n[monitoring]\nmetrics = true\nalarms = true\nalarm_topic = "${topic}"`, { monitoring }],
      [`auth = "Open"\n[secrets]\nkms_key = "${key}"`, { secrets: { kms_key: key } }],
      [
        `auth = "Open"\n[deployment]\nkms_key = "${key}"`,
        { secrets: { kms_key: key }, deployment: { stage: 'dev', open_to_everybody: false, kms_key: key } },
      ],
      [`auth = "Open"\n[momento]\nsecret = "${secret}"`, { momento: { ...MOMENTO, secret } }],
      // A name, which says no region, whatever it looks like.
      [
        `auth = "Open"\n[momento]\nsecret = "${region}_momento"`,
        { momento: { ...MOMENTO, secret: `${region}_momento` } },
      ],
      [
        `auth = "Open"\n[secrets]\nkms_key = "${key}"\n[momento]\nsecret = "${secret}"`,
        { secrets: { kms_key: key }, momento: { ...MOMENTO, secret } },
      ],
      [
        `auth = "LambdaAuthorizer"\nungrouped = "base"\n[secrets]\nkms_key = "${key}"\n[momento]\nsecret = "${secret}"`,
        { auth: 'LambdaAuthorizer', secrets: { kms_key: key }, momento: { ...MOMENTO, secret } },
      ],
      [signed, { auth: 'LambdaAuthorizer', authorizer: bySecret(secret) }],
      [
        `auth = "AmazonCognito"\nungrouped = "base"\n[cognito]\nuser_pool = "${region}_AbC"\nclients = ["app"]`,
        { auth: 'AmazonCognito', cognito: { ...POOL, user_pool: `${region}_AbC` } },
      ],
    ] as const;
  }),
];

test('the construct refuses in a region what tvm refuses there, and nothing else', () => {
  const refused = new Set<string>();
  for (const region of ['us-east-1', 'us-gov-west-1', 'cn-north-1']) {
    for (const [toml, changes] of CASES) {
      const file = `${toml}\n[[permissions]]\ncache = "c"\nrole = "ReadOnly"\n`;
      const byTvm = refusedByTvm(file, region);
      assert.deepEqual(refusedByConstruct(canonical(changes), region), byTvm, `${region}\n${toml}`);
      for (const key of byTvm) refused.add(key);
    }
  }
  const all = [
    'api.domain.certificate',
    'api.domain.hosted_zone',
    'auth',
    'authorizer.hmac_secret',
    'cognito.user_pool',
  ];
  all.push(
    'deployment.kms_key',
    'functions.tracing',
    'momento.secret',
    'monitoring.alarm_topic',
    'secrets.kms_key',
    'web.enabled',
  );
  assert.deepEqual([...refused].sort(), all);
});

test('each region is in the partition that CDK knows it to be in', () => {
  assert.ok(RegionInfo.regions.length > 30);
  for (const { name, partition = '' } of RegionInfo.regions) {
    const refused = (arn: string) =>
      refusedByTvm(
        `auth = "Open"\n[momento]\nsecret = "${arn}"\n[[permissions]]\ncache = "c"\nrole = "ReadOnly"\n`,
        name,
      );
    assert.deepEqual(refused(`arn:${partition}:secretsmanager:${name}:${ACCOUNT}:secret:s`), [], name);
    const other = partition === 'aws' ? 'aws-cn' : 'aws';
    assert.deepEqual(refused(`arn:${other}:secretsmanager:${name}:${ACCOUNT}:secret:s`), ['momento.secret'], name);
  }
});

test('the dashboard is in the console of the partition', () => {
  const template = synthesize({ monitoring: WATCHED });
  const [id = ''] = Object.keys(template.findMappings('*')).filter((name) => /Console/.test(name));
  const url = template.toJSON()['Outputs']['DashboardUrl']['Value']['Fn::Join'][1];
  assert.deepEqual(url.slice(0, 5), [
    'https://',
    { 'Fn::FindInMap': [id, { Ref: 'AWS::Partition' }, 'domain'] },
    '/cloudwatch/home?region=',
    { Ref: 'AWS::Region' },
    '#dashboards/dashboard/',
  ]);
  const consoles = Object.fromEntries(Object.entries(CONSOLES).map(([partition, domain]) => [partition, { domain }]));
  assert.deepEqual(template.findMappings(id)[id], consoles);
  // One signs in beside the console: https://signin.aws.amazon.com/saml.
  const known = new Map<string, string>();
  for (const { name, partition = '', samlSignOnUrl } of RegionInfo.regions) {
    const signIn = samlSignOnUrl ?? RegionInfo.get(name).samlSignOnUrl;
    if (signIn !== undefined && /^https:\/\/(?:[a-z0-9-]+\.)?signin\./.test(signIn)) {
      known.set(partition, new URL(signIn).hostname.replace(/^(?:[a-z0-9-]+\.)?signin\./, 'console.'));
    }
  }
  for (const [partition, domain] of Object.entries(CONSOLES))
    assert.equal(known.get(partition), domain, FactName.SAML_SIGN_ON_URL);
});

test('with another qualifier, the template and what is acknowledged about CDK’s own function agree', () => {
  const made = (qualifier: string) => {
    const { context } = JSON.parse(readFileSync(join(repositoryRoot, 'cdk/cdk.json'), 'utf8'));
    const app = new App({
      context: { ...context, 'aws:cdk:bundling-stacks': [], [BOOTSTRAP_QUALIFIER_CONTEXT]: qualifier },
      analyticsReporting: false,
    });
    const config = canonical({ web: { enabled: true } });
    const stack = new TokenVendingMachineStack(app, 'Machine', { config, configPath: '/nowhere/tvm.toml' });
    const acknowledged = JSON.stringify(stack.node.findAll().flatMap((found) => found.node.metadata));
    return { template: Template.fromStack(stack).toJSON(), acknowledged };
  };
  for (const qualifier of ['acme', 'hnb659fds']) {
    const { template, acknowledged } = made(qualifier);
    assert.equal(template['Parameters'].BootstrapVersion.Default, `/cdk-bootstrap/${qualifier}/version`);
    assert.deepEqual([...new Set(acknowledged.match(/cdk-[a-z0-9]+-assets/g))], [`cdk-${qualifier}-assets`]);
  }
});

test('CDK_QUALIFIER is the qualifier of what the app makes', () => {
  const parameterWith = (env: NodeJS.ProcessEnv) => {
    const out = mkdtempSync(join(folder, 'cdk.out-'));
    const context = { bundle: 'false', stackName: 'Machine', [BOOTSTRAP_QUALIFIER_CONTEXT]: 'infile' };
    const { status, stderr } = spawnSync('node', ['--import', 'tsx', 'bin/token-vending-machine.ts'], {
      cwd: join(repositoryRoot, 'cdk'),
      encoding: 'utf8',
      env: {
        ...process.env,
        CDK_OUTDIR: out,
        CDK_CONTEXT_JSON: JSON.stringify(context),
        CDK_VALIDATION: 'false',
        ...env,
      },
    });
    assert.equal(status, 0, stderr);
    const template = JSON.parse(readFileSync(join(out, 'Machine.template.json'), 'utf8'));
    return template.Parameters.BootstrapVersion.Default;
  };
  assert.equal(parameterWith({ CDK_QUALIFIER: 'acme' }), '/cdk-bootstrap/acme/version');
  assert.equal(parameterWith({ CDK_QUALIFIER: '' }), '/cdk-bootstrap/infile/version');
});
