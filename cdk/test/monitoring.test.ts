/**
 * Metrics, alarms and the dashboard: synthesized templates, the runbook that the alarms refer to, and the names that the vending
 * function writes. That a line of the function's makes these metrics, `lambdas/vending/tests/metrics.rs` shows.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { repositoryRoot } from '../lib/repository.ts';
import { TokenVendingMachine } from '../lib/token-vending-machine.ts';
import {
  all,
  canonical,
  MODES,
  MOMENTO,
  MONITORING,
  only,
  type Part,
  synthesize,
  synthesizeWith,
  testApp,
  WATCHED,
} from './fixtures.ts';

const ALARM = 'AWS::CloudWatch::Alarm';

interface AlarmPart {
  readonly MetricName: string;
  readonly Namespace: string;
  readonly Dimensions: { readonly Name: string; readonly Value: unknown }[];
  readonly Threshold: number;
  readonly AlarmDescription: string;
  readonly [key: string]: unknown;
}

function alarms(template: Template): AlarmPart[] {
  return all(template, ALARM) as unknown as AlarmPart[];
}

function named(template: Template, metric: string, statistic?: string): AlarmPart {
  const [found, ...others] = alarms(template).filter(
    ({ MetricName, ExtendedStatistic }) =>
      MetricName === metric && (statistic === undefined || ExtendedStatistic === statistic),
  );
  assert.ok(found !== undefined && others.length === 0, metric);
  return found;
}

test('the consoles of the partitions are in the template of who asks for the dashboard’s address alone', () => {
  const stack = new Stack(testApp(), 'Shop');
  const { monitoring } = new TokenVendingMachine(stack, 'Tokens', {
    config: canonical({ monitoring: WATCHED }),
    configPath: join(repositoryRoot, 'config/tvm.toml'),
  });
  // CloudFormation's rules (W7001) warn of a mapping that nothing refers to, and the app could do nothing about it.
  assert.deepEqual(Template.fromStack(stack).findMappings('*'), {});
  const [asked, again] = [monitoring.dashboardUrl, monitoring.dashboardUrl];
  assert.match(JSON.stringify(stack.resolve(asked)), /#dashboards/);
  assert.deepEqual(stack.resolve(again), stack.resolve(asked));
});

test('what nobody asked for is not there to be paid for', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth });
    for (const type of [ALARM, 'AWS::CloudWatch::Dashboard', 'AWS::SNS::Topic', 'AWS::KMS::Key']) {
      template.resourceCountIs(type, 0);
    }
  }
});

test('each mode has the alarms of its parts', () => {
  const common = ['5XXError', 'Errors', 'KeyAge', 'KeyTrouble', 'Latency', 'Latency', 'Limited', 'Throttles'];
  for (const auth of MODES) {
    const more = auth === 'LambdaAuthorizer' ? ['AuthorizerTrouble', 'Throttles'] : [];
    const names = alarms(synthesize({ auth, monitoring: WATCHED })).map(({ MetricName }) => MetricName);
    assert.deepEqual(names.toSorted(), [...common, ...more].toSorted(), auth);
  }
});

/** API Gateway answers 401 where an authorizer fails with "Unauthorized": any stranger makes an error of each request. */
test('no alarm is about the errors of the authorizer function', () => {
  for (const monitoring of [WATCHED, { ...WATCHED, metrics: false }]) {
    const template = synthesize({ auth: 'LambdaAuthorizer', monitoring });
    const watched = alarms(template).filter(({ MetricName }) => MetricName === 'Errors');
    const vending = Object.keys(template.findResources('AWS::Lambda::Function')).filter((id) =>
      id.includes('VendingToChecked'),
    );
    assert.deepEqual(
      watched.map(({ Dimensions }) => Dimensions),
      [[{ Name: 'FunctionName', Value: { Ref: vending[0] } }]],
    );
  }
});

test('a key that is rotated has an alarm about its rotation', () => {
  const template = synthesize({ monitoring: WATCHED, momento: { ...MOMENTO, rotate_every: 30 * 86_400 } });
  const about = alarms(template).filter(({ AlarmDescription }) =>
    AlarmDescription.includes('the-api-key-is-not-renewed'),
  );
  assert.deepEqual(
    about.map(({ MetricName, TreatMissingData }) => [MetricName, TreatMissingData]),
    [['Errors', 'notBreaching']],
  );
});

test('thresholds are those of the configuration', () => {
  const said = { alarm_errors_percent: 1, alarm_limited_percent: 7, alarm_latency_ms: 800, key_max_age: 30 * 86_400 };
  const template = synthesize({ monitoring: { ...WATCHED, ...said } });
  for (const [metric, threshold] of [
    ['5XXError', 0.01],
    ['Limited', 0.07],
    ['KeyAge', 30],
    ['KeyTrouble', 1],
  ] as const) {
    assert.equal(named(template, metric).Threshold, threshold, metric);
  }
});

test('few slow requests are no alarm about the slowest hundredth, and one about most', () => {
  const template = synthesize({ monitoring: { ...WATCHED, alarm_latency_ms: 800 } });
  for (const [statistic, few] of [
    ['p99', 'ignore'],
    ['p50', 'evaluate'],
  ] as const) {
    const { Threshold, EvaluateLowSampleCountPercentile } = named(template, 'Latency', statistic);
    assert.deepEqual([Threshold, EvaluateLowSampleCountPercentile], [800, few], statistic);
  }
});

test('no alarm is a formula, and each is about this stack alone', () => {
  const template = synthesize({ auth: 'LambdaAuthorizer', monitoring: WATCHED });
  for (const { Metrics, Dimensions, MetricName } of alarms(template)) {
    assert.equal(Metrics, undefined, MetricName);
    assert.ok(Dimensions.length > 0, MetricName);
  }
  const dimensions = named(template, 'Latency', 'p99').Dimensions.map(({ Name }) => Name);
  assert.deepEqual(dimensions.toSorted(), ['ApiName', 'Stage']);
});

test('two machines in one stack share no dimension of an alarm, and neither has the name of the stack', () => {
  const stack = new Stack(testApp(), 'Two', { stackName: 'two-machines' });
  const config = canonical({ auth: 'LambdaAuthorizer', monitoring: WATCHED });
  for (const id of ['One', 'Other']) {
    new TokenVendingMachine(stack, id, { config, configPath: join(repositoryRoot, 'config/tvm.toml') });
  }
  const template = Template.fromStack(stack);
  const names = all(template, 'AWS::ApiGateway::RestApi').map(({ Name }) => Name);
  assert.equal(new Set([...names, 'two-machines']).size, 3, `${names}`);
  const watched = alarms(template).map(({ Namespace, MetricName, Dimensions, ExtendedStatistic }) =>
    JSON.stringify([Namespace, MetricName, Dimensions, ExtendedStatistic]),
  );
  assert.ok(watched.length >= 20);
  assert.equal(new Set(watched).size, watched.length, watched.toSorted().join('\n'));
  const bodies = all(template, 'AWS::CloudWatch::Dashboard').map(({ DashboardBody }) => JSON.stringify(DashboardBody));
  for (const body of bodies) {
    assert.equal(names.filter((name) => body.includes(`${name}`)).length, 1, body);
  }
});

test('the name of an API stays the same from one deployment to the next', () => {
  const names = [canonical(), canonical({ auth: 'AmazonCognito', monitoring: WATCHED })].map(
    (config) => only(synthesizeWith({}, config), 'AWS::ApiGateway::RestApi')['Name'],
  );
  // Another one would begin the metrics anew in the middle of an alarm.
  assert.deepEqual(names, ['Machine-7a8ad24d', 'Machine-7a8ad24d']);
});

test('silence is no alarm, and does not make an old key young', () => {
  for (const { MetricName, TreatMissingData } of alarms(synthesize({ monitoring: WATCHED }))) {
    assert.equal(TreatMissingData, MetricName === 'KeyAge' ? 'ignore' : 'notBreaching', MetricName);
  }
});

/** The source of a function. */
function source(path: string): string {
  return readFileSync(join(repositoryRoot, 'lambdas', path), 'utf8');
}

test('what the alarms watch is what the functions write', () => {
  const [namespace, ofVending] = [source('common/src/emf.rs'), source('vending/src/metrics.rs')];
  const template = synthesize({ auth: 'AmazonCognito', monitoring: WATCHED });
  const ours = alarms(template).filter(({ Namespace }) => !Namespace.startsWith('AWS/'));
  assert.deepEqual(ours.map(({ MetricName }) => MetricName).toSorted(), ['KeyAge', 'KeyTrouble', 'Limited']);
  const [fn] = Object.keys(template.findResources('AWS::Lambda::Function'));
  for (const { Namespace, MetricName, Dimensions } of ours) {
    assert.ok(namespace.includes(`const NAMESPACE: &str = "${Namespace}"`), Namespace);
    assert.ok(ofVending.includes(`Metric { name: "${MetricName}"`), MetricName);
    assert.deepEqual(Dimensions, [
      { Name: 'function', Value: { Ref: fn } },
      { Name: 'mode', Value: 'AmazonCognito' },
    ]);
  }
  const checked = synthesize({ auth: 'LambdaAuthorizer', monitoring: WATCHED });
  const [authorizer] = Object.keys(checked.findResources('AWS::Lambda::Function')).filter((id) =>
    id.includes('Authorizer'),
  );
  const trouble = named(checked, 'AuthorizerTrouble');
  assert.ok(source('authorizer/src/trouble.rs').includes('Metric { name: "AuthorizerTrouble"'));
  assert.deepEqual(trouble.Dimensions, [
    { Name: 'function', Value: { Ref: authorizer } },
    { Name: 'mode', Value: 'LambdaAuthorizer' },
  ]);
  const origins = readFileSync(join(repositoryRoot, 'crates/issuer/src/token_cache.rs'), 'utf8');
  const body = JSON.stringify(only(template, 'AWS::CloudWatch::Dashboard'));
  for (const [, origin] of origins.matchAll(/Self::\w+ => "([a-z ]+)",/g)) {
    assert.ok(body.includes(`\\\\\\"${origin}\\\\\\"`) || body.includes(`\\"${origin}\\"`), origin);
  }
  for (const metric of ['Vended', 'Refused', 'MomentoLatency']) {
    assert.ok(ofVending.includes(`Metric { name: "${metric}"`) && body.includes(metric), metric);
  }
});

/** As GitHub and GitLab make the anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

/** What else the runbook has. */
const NO_ALARM = ['who-was-given-a-token', 'what-a-stranger-can-set-off'];

test('every alarm says where the runbook has it, and the runbook has no other', () => {
  const runbook = readFileSync(join(repositoryRoot, 'docs/runbook.md'), 'utf8');
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => anchor(heading));
  const everything = {
    auth: 'LambdaAuthorizer',
    monitoring: WATCHED,
    momento: { ...MOMENTO, rotate_every: 30 * 86_400 },
  } as const;
  const named = alarms(synthesize(everything)).map(
    ({ AlarmDescription }) => /^[A-Z].+\. What to do: docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription)?.[1],
  );
  for (const heading of named) {
    assert.ok(heading !== undefined && headings.includes(heading), `no heading for ${heading}`);
  }
  const about = headings.filter((heading) => !NO_ALARM.includes(heading));
  assert.deepEqual(about.toSorted(), [...new Set(named)].toSorted());
});

test('a topic of the stack’s own is encrypted, and CloudWatch’s alarms may publish to it', () => {
  const template = synthesize({ monitoring: WATCHED });
  const topic = only(template, 'AWS::SNS::Topic');
  const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
  // It encrypts nothing that is kept, and costs.
  template.allResources('AWS::KMS::Key', { DeletionPolicy: 'Delete' });
  assert.deepEqual(topic['KmsMasterKeyId'], { 'Fn::GetAtt': [key, 'Arn'] });
  assert.deepEqual(only(template, 'AWS::SNS::Subscription')['Endpoint'], 'operators@example.com');
  const [topicId] = Object.keys(template.findResources('AWS::SNS::Topic'));
  const statements = (only(template, 'AWS::SNS::TopicPolicy')['PolicyDocument'] as { Statement: Part[] }).Statement;
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
  assert.deepEqual(
    allowed.map(({ Action, Principal, Resource }) => ({ Action, Principal, Resource })),
    [{ Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' }, Resource: { Ref: topicId } }],
  );
  const ofKey = JSON.stringify(only(template, 'AWS::KMS::Key')['KeyPolicy']);
  assert.match(
    ofKey,
    /"kms:Decrypt","kms:GenerateDataKey\*"\],"Condition":.+,"Effect":"Allow","Principal":\{"Service":"cloudwatch/,
  );
  for (const { AlarmActions, OKActions } of alarms(template)) {
    assert.deepEqual([AlarmActions, OKActions], [[{ Ref: topicId }], [{ Ref: topicId }]]);
  }
  template.hasOutput('AlarmTopicArn', { Value: { Ref: topicId } });
});

test('CloudWatch may use the topic and its key for alarms of this account alone', () => {
  const template = synthesize({ monitoring: WATCHED });
  const ofAccount = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } };
  const policies = [
    only(template, 'AWS::SNS::TopicPolicy')['PolicyDocument'],
    only(template, 'AWS::KMS::Key')['KeyPolicy'],
  ] as { Statement: Part[] }[];
  for (const { Statement } of policies) {
    const forCloudWatch = Statement.filter(({ Principal }) =>
      JSON.stringify(Principal).includes('cloudwatch.amazonaws.com'),
    );
    assert.deepEqual(
      forCloudWatch.map(({ Condition }) => (Condition as Part)['StringEquals']),
      [ofAccount],
    );
  }
});

test('a topic that exists is told, and left as it is', () => {
  const alarm_topic = 'arn:aws:sns:us-east-1:111122223333:on-call';
  const template = synthesize({ monitoring: { ...MONITORING, metrics: true, alarms: true, alarm_topic } });
  for (const type of ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'AWS::SNS::Subscription', 'AWS::KMS::Key']) {
    template.resourceCountIs(type, 0);
  }
  for (const { AlarmActions } of alarms(template)) {
    assert.deepEqual(AlarmActions, [alarm_topic]);
  }
  template.hasOutput('AlarmTopicArn', { Value: alarm_topic });
});

test('metrics and alarms give no function another permission, and no variable', () => {
  for (const auth of MODES) {
    const [plain, watched] = [synthesize({ auth }), synthesize({ auth, monitoring: WATCHED })];
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::Role']) {
      assert.deepEqual(watched.findResources(type), plain.findResources(type));
    }
    const variables = (template: Template) => all(template, 'AWS::Lambda::Function').map((fn) => fn['Environment']);
    assert.deepEqual(variables(watched), variables(plain));
  }
});

test('a dashboard without metrics shows what AWS knows, and says how to have more', () => {
  const template = synthesize({ monitoring: { ...MONITORING, dashboard: true } });
  const body = JSON.stringify(only(template, 'AWS::CloudWatch::Dashboard'));
  assert.match(body, /metrics = true/);
  assert.ok(body.includes('AWS/ApiGateway') && !body.includes('KeyTrouble'));
  assert.ok('DashboardUrl' in template.toJSON()['Outputs']);
});
