/** `[api]`: logs, firewall, domain and usage plan of the endpoint. Synthesized templates; nothing is deployed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Match, type Template } from 'aws-cdk-lib/assertions';

import type { ApiTable, WafTable } from '../lib/canonical-config.ts';
import { API, AUTHORIZER, all, canonical, FUNCTIONS, MODES, only, type Part, synthesize } from './fixtures.ts';

const STAGE = 'AWS::ApiGateway::Stage';
const WEB_ACL = 'AWS::WAFv2::WebACL';
const LOGGING = 'AWS::WAFv2::LoggingConfiguration';
const DOMAIN = 'AWS::ApiGateway::DomainName';
const RECORD = 'AWS::Route53::RecordSet';
const RESPONSE = 'AWS::ApiGateway::GatewayResponse';

const PLAIN = canonical().api;
const LOGGED: ApiTable = { ...PLAIN, access_logs: true };
const WAF: WafTable = {
  requests_per_5_minutes: 500,
  managed_rules: ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesAnonymousIpList'],
  logs: false,
};
const GUARDED: ApiTable = { ...PLAIN, waf: WAF };
const CERTIFICATE = 'arn:aws:acm:us-west-2:111122223333:certificate/1234abcd';
const NAMED: ApiTable = { ...PLAIN, domain: { name: 'tokens.example.com', certificate: CERTIFICATE } };
const ZONED: ApiTable = { ...PLAIN, domain: { name: 'a.example.com', certificate: CERTIFICATE, hosted_zone: 'Z123' } };
const ALONE: ApiTable = { ...NAMED, disable_default_endpoint: true };
const WATCHED: ApiTable = { ...PLAIN, waf: { ...WAF, logs: true } };
const KEYED: ApiTable = { ...PLAIN, usage_plan: {} };

function methods(template: Template): Map<unknown, Part> {
  return new Map(all(template, 'AWS::ApiGateway::Method').map((method) => [method['HttpMethod'], method]));
}

/** The gateway response of this type, and the body of it. */
function answer(template: Template, type: string): { response: Part; body: Part } | undefined {
  const response = all(template, RESPONSE).find(({ ResponseType }) => ResponseType === type);
  if (response === undefined) return undefined;
  const { 'application/json': body = '' } = response['ResponseTemplates'] as Record<string, string>;
  return { response, body: JSON.parse(body) };
}

test('without a word about it there is none of all this, in any mode', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth });
    for (const type of [WEB_ACL, DOMAIN, RECORD, 'AWS::ApiGateway::ApiKey', 'AWS::ApiGateway::UsagePlan']) {
      template.resourceCountIs(type, 0);
    }
    assert.equal(only(template, STAGE)['AccessLogSetting'], undefined);
    assert.equal(methods(template).get('GET')?.['ApiKeyRequired'] ?? false, false);
  }
});

test('the role that API Gateway logs by is the account’s: no stack sets it, with logs or without', () => {
  for (const auth of MODES) {
    for (const api of [PLAIN, LOGGED]) {
      const template = synthesize({ auth, api });
      template.resourceCountIs('AWS::ApiGateway::Account', 0);
      for (const role of all(template, 'AWS::IAM::Role')) {
        assert.doesNotMatch(JSON.stringify(role['AssumeRolePolicyDocument']), /apigateway/);
      }
    }
  }
});

test('a request is logged in a group of its own, which is kept as the functions’ are', () => {
  const functions = { ...FUNCTIONS, log_retention: 90 * 86_400 };
  const template = synthesize({ api: LOGGED, functions, deployment: { stage: 'prod', open_to_everybody: true } });
  const groups = template.findResources('AWS::Logs::LogGroup');
  const { DestinationArn } = only(template, STAGE)['AccessLogSetting'] as Part;
  const [, logicalId = ''] = JSON.stringify(DestinationArn).match(/"Ref":"(\w*AccessLog\w*)"/) ?? [];
  assert.equal(Object.keys(groups).length, 2);
  const { Properties, DeletionPolicy } = groups[logicalId] ?? {};
  assert.equal(Properties?.RetentionInDays, 90);
  assert.equal(DeletionPolicy, 'RetainExceptOnCreate');
});

test('a line of the log is JSON whatever a request lacks, and holds nothing that a client wrote or an authorizer said', () => {
  const { Format } = only(synthesize({ api: LOGGED }), STAGE)['AccessLogSetting'] as { Format: string };
  // API Gateway writes `-` for what is not there: without quotes that would be no JSON.
  const line = JSON.parse(Format.replaceAll(/\$context(\.\w+)+/g, '-'));
  assert.deepEqual(new Set(Object.values(line)), new Set(['-']));
  assert.equal(line.requestId, '-');
  const variables: readonly string[] = Format.match(/\$context(\.\w+)+/g) ?? [];
  assert.ok(variables.includes('$context.requestId') && variables.includes('$context.status'));
  const ofAuthorizer = variables.filter((name) => name.startsWith('$context.authorizer'));
  assert.deepEqual(ofAuthorizer, ['$context.authorizer.status', '$context.authorizer.latency']);
  const ofCaller = variables.filter((name) => /identity|path|query|header|userAgent|message/i.test(name));
  assert.deepEqual(ofCaller, ['$context.identity.sourceIp', '$context.resourcePath']);
});

test('API Gateway’s execution logs, which hold headers, are written in no case', () => {
  for (const api of [PLAIN, LOGGED]) {
    for (const setting of (only(synthesize({ api }), STAGE)['MethodSettings'] ?? []) as Part[]) {
      assert.equal(setting['LoggingLevel'], undefined);
    }
  }
});

test('the firewall stands before the stage, and so before every name of the endpoint', () => {
  const template = synthesize({ api: GUARDED });
  const acl = only(template, WEB_ACL);
  assert.deepEqual([acl['Scope'], acl['DefaultAction']], ['REGIONAL', { Allow: {} }]);
  const [id] = Object.keys(template.findResources(WEB_ACL));
  const { ResourceArn, WebACLArn } = only(template, 'AWS::WAFv2::WebACLAssociation');
  assert.deepEqual(WebACLArn, { 'Fn::GetAtt': [id, 'Arn'] });
  assert.match(JSON.stringify(ResourceArn), /apigateway:.*\/restapis\/.*\/stages\/.*DeploymentStageprod/);
  const rules = acl['Rules'] as Part[];
  assert.deepEqual(
    rules.map(({ Name, Priority }) => [Name, Priority]),
    [
      ['RequestsPerAddress', 0],
      ['AWSManagedRulesAmazonIpReputationList', 1],
      ['AWSManagedRulesAnonymousIpList', 2],
    ],
  );
  assert.deepEqual(rules[1]?.['OverrideAction'], { None: {} });
  assert.deepEqual(rules[0]?.['Statement'], {
    RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 500 },
  });
});

test('the endpoint is in its region, reached by IPv4 and IPv6, and takes no TLS that is older than 1.2, by every name', () => {
  // "Security policies that start with SecurityPolicy_ are not supported" (AWS GovCloud (US) User Guide, "Amazon API Gateway").
  const inGovCloud = 'TlsPoliciesOfGovCloud';
  const regional = {
    EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
    SecurityPolicy: { 'Fn::If': [inGovCloud, 'TLS_1_2', 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09'] },
    EndpointAccessMode: { 'Fn::If': [inGovCloud, { Ref: 'AWS::NoValue' }, 'BASIC'] },
  };
  synthesize({}).hasCondition(inGovCloud, { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-us-gov'] });
  for (const auth of MODES) {
    for (const api of [PLAIN, LOGGED, GUARDED, NAMED, KEYED]) {
      synthesize({ auth, api }).hasResourceProperties('AWS::ApiGateway::RestApi', regional);
    }
  }
  for (const api of [NAMED, ZONED]) synthesize({ api }).hasResourceProperties(DOMAIN, regional);
});

test('API Gateway’s own name answers unless the configuration turns it off, and then no output names it', () => {
  const disabled = (api: ApiTable) =>
    only(synthesize({ api }), 'AWS::ApiGateway::RestApi')['DisableExecuteApiEndpoint'];
  for (const api of [PLAIN, NAMED]) assert.equal(disabled(api), false);
  assert.equal(disabled(ALONE), true);
  const outputs = JSON.stringify(synthesize({ api: ALONE, web: { enabled: true } }).toJSON()['Outputs']);
  assert.doesNotMatch(outputs, /execute-api/);
  synthesize({ api: ALONE }).hasOutput('Endpoint', { Value: 'https://tokens.example.com/' });
  // A deployment is a copy, and serves by the name until another one is made.
  const [before, after] = [NAMED, ALONE].map((api) =>
    Object.keys(synthesize({ api }).findResources('AWS::ApiGateway::Deployment')),
  );
  assert.notDeepEqual(before, after);
});

test('what the firewall blocks is logged in a group of its own, without credentials, wherever WAF would quote them', () => {
  const functions = { ...FUNCTIONS, log_retention: 90 * 86_400 };
  const template = synthesize({ api: WATCHED, functions });
  const { LogDestinationConfigs, RedactedFields, LoggingFilter, ResourceArn } = only(template, LOGGING);
  const [id] = Object.keys(template.findResources(WEB_ACL));
  assert.deepEqual(ResourceArn, { 'Fn::GetAtt': [id, 'Arn'] });

  const [group = '', ...others] = Object.entries(template.findResources('AWS::Logs::LogGroup'))
    .filter(([, { Properties }]) => Properties.LogGroupName !== undefined)
    .map(([logicalId]) => logicalId);
  assert.deepEqual(others, []);
  const { LogGroupName, RetentionInDays } = template.findResources('AWS::Logs::LogGroup')[group]?.['Properties'] ?? {};
  assert.equal(RetentionInDays, 90);
  // WAF demands the beginning; the stack's id keeps two of a name apart, and a new one from the logs of the one before.
  assert.match(JSON.stringify(LogGroupName), /"aws-waf-logs-Machine.*AWS::StackId/);
  const [destination, ...more] = LogDestinationConfigs as unknown[];
  assert.deepEqual(more, []);
  // Without `:*` at its end.
  assert.match(JSON.stringify(destination), new RegExp(`:log-group:",\\{"Ref":"${group}"\\}\\]`));

  const headers = ['authorization', 'cookie', 'password', 'username', 'x-api-key'];
  assert.deepEqual(RedactedFields, [...headers.map((Name) => ({ SingleHeader: { Name } })), { QueryString: {} }]);
  const { DataProtectionConfig } = only(template, WEB_ACL);
  assert.deepEqual(DataProtectionConfig, {
    DataProtections: [
      { Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: headers } },
      { Action: 'SUBSTITUTION', Field: { FieldType: 'QUERY_STRING' } },
    ],
  });
  assert.deepEqual(LoggingFilter, {
    DefaultBehavior: 'DROP',
    Filters: [{ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] }],
  });
});

test('every header that a mode, or a usage plan, reads credentials from is kept out of the firewall’s log', () => {
  const redacted = JSON.stringify(only(synthesize({ api: WATCHED }), LOGGING)['RedactedFields']);
  const machines = [
    ...MODES.map((auth) => ({ auth })),
    { auth: 'LambdaAuthorizer', authorizer: { ...AUTHORIZER, credentials: 'basic' } } as const,
  ];
  for (const machine of machines) {
    const template = synthesize({ ...machine, api: KEYED });
    const [, allowed = ''] = JSON.stringify(methods(template).get('OPTIONS')).match(/Allow-Headers":"'([^']*)'/) ?? [];
    const harmless = ['usergroup', 'cachename', 'content-type', ...API.allowed_headers];
    for (const header of allowed.split(',').filter((name) => !harmless.includes(name))) {
      assert.ok(redacted.includes(`"${header}"`), header);
    }
  }
});

test('without logs of the firewall there are none, and nothing of what was looked at is kept', () => {
  const template = synthesize({ api: GUARDED });
  template.resourceCountIs(LOGGING, 0);
  assert.doesNotMatch(JSON.stringify(template.toJSON()), /aws-waf-logs/);
});

test('the firewall keeps no sample of a request, and its figures are those of this stack alone', () => {
  const acl = only(synthesize({ api: GUARDED }), WEB_ACL);
  const settings = [acl, ...(acl['Rules'] as Part[])].map(({ VisibilityConfig }) => VisibilityConfig as Part);
  for (const setting of settings) {
    assert.equal(setting['SampledRequestsEnabled'], false);
    assert.equal(setting['CloudWatchMetricsEnabled'], true);
  }
  assert.match(String(settings[0]?.['MetricName']), /^Machine/);
});

test('an address with too many requests is told to wait, in the form of every error, and a page may read it', () => {
  const acl = only(synthesize({ api: GUARDED }), WEB_ACL);
  const [{ Action } = {}] = acl['Rules'] as { Action?: { Block: { CustomResponse: Part } } }[];
  const response = Action?.Block.CustomResponse ?? {};
  assert.equal(response['ResponseCode'], 429);
  assert.deepEqual(
    new Map((response['ResponseHeaders'] as { Name: string; Value: string }[]).map(({ Name, Value }) => [Name, Value])),
    new Map([
      ['Access-Control-Allow-Origin', '*'],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
      ['Retry-After', '60'],
      ['Access-Control-Expose-Headers', 'Retry-After'],
    ]),
  );
  const bodies = acl['CustomResponseBodies'] as Record<string, { ContentType: string; Content: string }>;
  const body = bodies[String(response['CustomResponseBodyKey'])];
  assert.equal(body?.ContentType, 'APPLICATION_JSON');
  const { message, code, requestId } = JSON.parse(body?.Content ?? '');
  assert.ok(message);
  assert.deepEqual([code, requestId], ['TooManyRequests', '']);
});

test('what the rules of AWS block is answered as the machine answers', () => {
  const blocked = answer(synthesize({ api: GUARDED }), 'WAF_FILTERED');
  assert.equal(blocked?.body['code'], 'Blocked');
  assert.match(JSON.stringify(blocked?.response['ResponseParameters']), /Access-Control-Allow-Origin.*no-store/);
  assert.equal(answer(synthesize(), 'WAF_FILTERED'), undefined);
});

test('a domain leads to the root of the stage, by the certificate that is named', () => {
  const template = synthesize({ api: NAMED });
  template.hasResourceProperties(DOMAIN, {
    DomainName: 'tokens.example.com',
    RegionalCertificateArn: CERTIFICATE,
  });
  template.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
    BasePath: Match.absent(),
    Stage: { Ref: Match.stringLikeRegexp('DeploymentStageprod') },
  });
  template.hasOutput('Endpoint', { Value: 'https://tokens.example.com/' });
  template.hasOutput('ExecuteApiUrl', { Value: { 'Fn::Join': ['', Match.arrayWith(['/'])] } });
});

test('where no zone is named, the stack says where the name has to lead, and else it makes the records', () => {
  const named = synthesize({ api: NAMED });
  named.resourceCountIs(RECORD, 0);
  named.hasOutput('DomainTarget', { Value: { 'Fn::GetAtt': [Match.anyValue(), 'RegionalDomainName'] } });

  const zoned = synthesize({ api: ZONED });
  assert.deepEqual(zoned.findOutputs('DomainTarget'), {});
  const records = all(zoned, RECORD);
  assert.deepEqual(records.map(({ Type }) => Type).sort(), ['A', 'AAAA']);
  for (const { Name, HostedZoneId, AliasTarget } of records) {
    assert.deepEqual([Name, HostedZoneId], ['a.example.com.', 'Z123']);
    assert.match(JSON.stringify(AliasTarget), /RegionalDomainName.*RegionalHostedZoneId/);
  }
});

test('the chat page asks the endpoint by its own domain, and may', () => {
  const template = synthesize({ api: NAMED, web: { enabled: true } });
  const { ResponseHeadersPolicyConfig: headers } = only(template, 'AWS::CloudFront::ResponseHeadersPolicy');
  const policy = JSON.stringify(headers);
  assert.match(policy, /connect-src[^;]* https:\/\/tokens\.example\.com /);
  assert.doesNotMatch(policy, /execute-api/);
  const [deployment] = all(template, 'Custom::CDKBucketDeployment').filter((it) => it['SourceMarkers'] !== undefined);
  assert.doesNotMatch(JSON.stringify(deployment?.['SourceMarkers'] ?? []), /execute-api|RestApi/);
});

test('with a usage plan, GET asks for a key and the preflight, which carries none, does not', () => {
  const template = synthesize({ api: KEYED });
  assert.equal(methods(template).get('GET')?.['ApiKeyRequired'], true);
  assert.equal(methods(template).get('OPTIONS')?.['ApiKeyRequired'] ?? false, false);
  assert.match(JSON.stringify(methods(template).get('OPTIONS')), /Allow-Headers":"'[^']*\bx-api-key\b/);
  assert.doesNotMatch(JSON.stringify(methods(synthesize()).get('OPTIONS')), /x-api-key/);
  const [id] = Object.keys(template.findResources('AWS::ApiGateway::ApiKey'));
  template.hasOutput('UsagePlanKeyId', { Value: { Ref: id } });
  template.hasResourceProperties('AWS::ApiGateway::UsagePlanKey', { KeyId: { Ref: id }, KeyType: 'API_KEY' });
  // API Gateway makes the value: what is in a template, whoever reads the stack may read.
  assert.equal(only(template, 'AWS::ApiGateway::ApiKey')['Value'], undefined);
});

test('a usage plan is of this stage, with what the configuration says and no more', () => {
  const table: readonly [ApiTable['usage_plan'], Part | undefined, Part | undefined][] = [
    [{}, undefined, undefined],
    [{ requests_per_day: 5 }, { Limit: 5, Period: 'DAY' }, undefined],
    [{ requests_per_week: 6 }, { Limit: 6, Period: 'WEEK' }, undefined],
    [
      { requests_per_month: 7, requests_per_second: 2, request_burst: 4 },
      { Limit: 7, Period: 'MONTH' },
      { RateLimit: 2, BurstLimit: 4 },
    ],
  ];
  for (const [usage_plan = {}, quota, throttle] of table) {
    const plan = only(synthesize({ api: { ...PLAIN, usage_plan } }), 'AWS::ApiGateway::UsagePlan');
    assert.deepEqual([plan['Quota'], plan['Throttle']], [quota, throttle]);
    assert.match(JSON.stringify(plan['ApiStages']), /DeploymentStageprod/);
  }
});

test('who has no key, or has used it up, is told so as the machine tells it', () => {
  const template = synthesize({ api: KEYED });
  assert.equal(answer(template, 'INVALID_API_KEY')?.body['code'], 'KeyRequired');
  const quota = answer(template, 'QUOTA_EXCEEDED');
  assert.equal(quota?.body['code'], 'QuotaExceeded');
  assert.match(JSON.stringify(quota?.response['ResponseParameters']), /Retry-After":"'3600'"/);
  assert.equal(answer(synthesize(), 'INVALID_API_KEY'), undefined);
});
