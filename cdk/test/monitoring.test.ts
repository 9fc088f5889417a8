/**
 * Metrics, alarms and the dashboard: synthesized templates, the runbook that the alarms refer to, and the names that the vending
 * function writes. That a line of the function's makes these metrics, `lambdas/vending/tests/metrics.rs` shows.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { Template } from 'aws-cdk-lib/assertions';

import { repositoryRoot } from '../lib/repository.ts';
import { all, MODES, MONITORING, only, type Part, synthesize, WATCHED } from './fixtures.ts';

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

function named(template: Template, metric: string): AlarmPart {
  const [found, ...others] = alarms(template).filter(({ MetricName }) => MetricName === metric);
  assert.ok(found !== undefined && others.length === 0, metric);
  return found;
}

test('what nobody asked for is not there to be paid for', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth });
    for (const type of [ALARM, 'AWS::CloudWatch::Dashboard', 'AWS::SNS::Topic', 'AWS::KMS::Key']) {
      template.resourceCountIs(type, 0);
    }
  }
});

test('each mode has the alarms of its parts', () => {
  const common = ['5XXError', 'Errors', 'KeyAge', 'KeyTrouble', 'Latency', 'Limited', 'Throttles'];
  for (const auth of MODES) {
    const more = auth === 'LambdaAuthorizer' ? ['Errors', 'Throttles'] : [];
    const names = alarms(synthesize({ auth, monitoring: WATCHED })).map(({ MetricName }) => MetricName);
    assert.deepEqual(names.toSorted(), [...common, ...more].toSorted(), auth);
  }
});

test('a key that is rotated has an alarm about its rotation', () => {
  const template = synthesize({ monitoring: WATCHED, momento: { rotate_every: 30 * 86_400 } });
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
    ['Latency', 800],
    ['KeyAge', 30],
    ['KeyTrouble', 1],
  ] as const) {
    assert.equal(named(template, metric).Threshold, threshold, metric);
  }
  assert.equal(named(template, 'Latency')['ExtendedStatistic'], 'p99');
});

test('no alarm is a formula, and each is about this stack alone', () => {
  const template = synthesize({ auth: 'LambdaAuthorizer', monitoring: WATCHED });
  for (const { Metrics, Dimensions, MetricName } of alarms(template)) {
    assert.equal(Metrics, undefined, MetricName);
    assert.ok(Dimensions.length > 0, MetricName);
  }
  const dimensions = named(template, 'Latency').Dimensions.map(({ Name }) => Name);
  assert.deepEqual(dimensions.toSorted(), ['ApiName', 'Stage']);
});

test('silence is no alarm, and does not make an old key young', () => {
  for (const { MetricName, TreatMissingData } of alarms(synthesize({ monitoring: WATCHED }))) {
    assert.equal(TreatMissingData, MetricName === 'KeyAge' ? 'ignore' : 'notBreaching', MetricName);
  }
});

test('what the alarms watch is what the vending function writes', () => {
  const source = readFileSync(join(repositoryRoot, 'lambdas/vending/src/metrics.rs'), 'utf8');
  const template = synthesize({ auth: 'AmazonCognito', monitoring: WATCHED });
  const ours = alarms(template).filter(({ Namespace }) => !Namespace.startsWith('AWS/'));
  assert.deepEqual(ours.map(({ MetricName }) => MetricName).toSorted(), ['KeyAge', 'KeyTrouble', 'Limited']);
  const [fn] = Object.keys(template.findResources('AWS::Lambda::Function'));
  for (const { Namespace, MetricName, Dimensions } of ours) {
    assert.ok(source.includes(`const NAMESPACE: &str = "${Namespace}"`), Namespace);
    assert.ok(source.includes(`Metric { name: "${MetricName}"`), MetricName);
    assert.deepEqual(Dimensions, [
      { Name: 'function', Value: { Ref: fn } },
      { Name: 'mode', Value: 'AmazonCognito' },
    ]);
  }
  const origins = readFileSync(join(repositoryRoot, 'crates/vendor/src/reuse.rs'), 'utf8');
  const body = JSON.stringify(only(template, 'AWS::CloudWatch::Dashboard'));
  for (const [, origin] of origins.matchAll(/Self::\w+ => "([a-z ]+)",/g)) {
    assert.ok(body.includes(`\\\\\\"${origin}\\\\\\"`) || body.includes(`\\"${origin}\\"`), origin);
  }
  for (const metric of ['Vended', 'Refused', 'MomentoLatency']) {
    assert.ok(source.includes(`Metric { name: "${metric}"`) && body.includes(metric), metric);
  }
});

/** As GitHub and GitLab make the anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

test('every alarm says where the runbook has it, and the runbook has no other', () => {
  const runbook = readFileSync(join(repositoryRoot, 'docs/runbook.md'), 'utf8');
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => anchor(heading));
  const everything = { auth: 'LambdaAuthorizer', monitoring: WATCHED, momento: { rotate_every: 30 * 86_400 } } as const;
  const named = alarms(synthesize(everything)).map(
    ({ AlarmDescription }) => /^[A-Z].+\. What to do: docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription)?.[1],
  );
  for (const heading of named) {
    assert.ok(heading !== undefined && headings.includes(heading), `no heading for ${heading}`);
  }
  const about = headings.filter((heading) => heading !== 'who-was-given-a-token');
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
  assert.match(ofKey, /"kms:Decrypt","kms:GenerateDataKey\*"\],"Effect":"Allow","Principal":\{"Service":"cloudwatch/);
  for (const { AlarmActions, OKActions } of alarms(template)) {
    assert.deepEqual([AlarmActions, OKActions], [[{ Ref: topicId }], [{ Ref: topicId }]]);
  }
  template.hasOutput('AlarmTopicArn', { Value: { Ref: topicId } });
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
