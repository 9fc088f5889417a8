/** `[web] enabled`: where the chat page is kept, how it is served, and what it is told. Synthesized templates; nothing is deployed. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { TvmConfig } from '../lib/canonical-config.ts';
import { ChatSite } from '../lib/chat-site.ts';
import { TokenVendingMachine } from '../lib/token-vending-machine.ts';
import { TokenVendingMachineStack } from '../lib/token-vending-machine-stack.ts';
import {
  AUTHORIZER,
  all,
  COGNITO,
  canonical,
  MODES,
  MOMENTO,
  only,
  type Part,
  synthesize,
  testApp,
} from './fixtures.ts';

const DEPLOYMENT = 'Custom::CDKBucketDeployment';
const WEB = { web: { enabled: true } } as const;

test('without a word about it there is no page, no bucket and no distribution, in any mode', () => {
  for (const auth of MODES) {
    const template = synthesize({ auth });
    for (const type of ['AWS::S3::Bucket', 'AWS::CloudFront::Distribution', DEPLOYMENT, 'AWS::Lambda::LayerVersion']) {
      template.resourceCountIs(type, 0);
    }
    assert.deepEqual(template.findOutputs('ChatUrl'), {});
  }
});

test('the bucket is private: CloudFront alone reads it, for this distribution alone, and nobody without TLS', () => {
  const template = synthesize(WEB);
  template.hasResource('AWS::S3::Bucket', {
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      WebsiteConfiguration: Match.absent(),
      AccessControl: Match.absent(),
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    },
    DeletionPolicy: 'Delete',
  });
  const [distribution] = Object.keys(template.findResources('AWS::CloudFront::Distribution'));
  const { Statement } = only(template, 'AWS::S3::BucketPolicy')['PolicyDocument'] as { Statement: Part[] };
  const readers = Statement.filter((statement) => statement['Action'] === 's3:GetObject');
  assert.equal(readers.length, 1);
  assert.deepEqual(readers[0]?.['Principal'], { Service: 'cloudfront.amazonaws.com' });
  assert.match(JSON.stringify(readers[0]?.['Condition']), new RegExp(`AWS:SourceArn.*"Ref":"${distribution}"`));
  const refusal = { Bool: { 'aws:SecureTransport': 'false' } };
  assert.ok(Statement.some(({ Effect, Condition }) => Effect === 'Deny' && same(Condition, refusal)));
  // Whoever else is let in is the function that empties the bucket before it is deleted.
  const others = Statement.filter(({ Effect, Action }) => Effect === 'Allow' && Action !== 's3:GetObject');
  assert.match(
    JSON.stringify(others.map(({ Principal }) => Principal)),
    /^\[\{"AWS":\{"Fn::GetAtt":\["CustomS3AutoDelete/,
  );
});

test('the page is served over TLS, by an access control of the origin, and is what the root of the URL is', () => {
  const template = synthesize(WEB);
  template.resourceCountIs('AWS::CloudFront::CloudFrontOriginAccessIdentity', 0);
  template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
    OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' },
  });
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      DefaultRootObject: 'index.html',
      HttpVersion: 'http2and3',
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https', Compress: true },
      Origins: [{ OriginAccessControlId: Match.anyValue(), S3OriginConfig: { OriginAccessIdentity: '' } }],
      // What is not there is an error, not the page.
      CustomErrorResponses: Match.absent(),
    },
  });
  template.hasOutput('ChatUrl', {
    Value: { 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [Match.anyValue(), 'DomainName'] }, '/']] },
  });
});

test('the headers are those of the file beside the page, and HTTPS for a year', () => {
  const file = JSON.parse(readFileSync(new URL('../../web/chat/security-headers.json', import.meta.url), 'utf8'));
  const { CustomHeadersConfig, SecurityHeadersConfig: security } = headersOf(synthesize(WEB));
  const sent = {
    ...Object.fromEntries(CustomHeadersConfig.Items.map(({ Header, Value }) => [Header, Value])),
    'Content-Security-Policy': file['Content-Security-Policy'],
    'Referrer-Policy': security.ReferrerPolicy.ReferrerPolicy,
    'X-Content-Type-Options': security.ContentTypeOptions.Override ? 'nosniff' : '',
    'X-Frame-Options': security.FrameOptions.FrameOption,
  };
  assert.deepEqual(sent, file);
  assert.equal(security.StrictTransportSecurity.AccessControlMaxAgeSec, 365 * 24 * 3600);
});

test('the page may call its endpoint and Momento, in Cognito mode the pool’s region too, and nothing else', () => {
  const API = 'https://<Api>.execute-api.<AWS::Region>.<AWS::URLSuffix>';
  const CELLS = 'https://*.momentohq.com';
  const pool = { ...COGNITO, user_pool: 'eu-central-1_AbC123', clients: ['app'] };
  const cases: readonly [Partial<TvmConfig>, readonly string[]][] = [
    [{}, [API, CELLS]],
    [{ auth: 'LambdaAuthorizer' }, [API, CELLS]],
    [{ auth: 'AmazonCognito' }, [API, 'https://cognito-idp.<AWS::Region>.<AWS::URLSuffix>', CELLS]],
    [{ auth: 'AmazonCognito', cognito: pool }, [API, 'https://cognito-idp.eu-central-1.<AWS::URLSuffix>', CELLS]],
    [{ momento: { ...MOMENTO, endpoint: 'cell-1.prod.a.momentohq.com' } }, [API, CELLS]],
    [{ momento: { ...MOMENTO, endpoint: 'momento.example' } }, [API, CELLS, 'https://web.cache.momento.example']],
    // Not the end of a name of somebody else's.
    [{ momento: { ...MOMENTO, endpoint: 'evilmomentohq.com' } }, [API, CELLS, 'https://web.cache.evilmomentohq.com']],
  ];
  for (const [changes, origins] of cases) {
    const security = headersOf(synthesize({ ...WEB, ...changes })).SecurityHeadersConfig;
    const policy = written(security.ContentSecurityPolicy.ContentSecurityPolicy);
    assert.equal(/connect-src ([^;]*);/.exec(policy)?.[1], ["'self'", ...origins].join(' '), JSON.stringify(changes));
  }
});

test('what is hashed is kept for a year, and what is not is asked for each time', () => {
  const deployments = all(synthesize(WEB), DEPLOYMENT);
  const cached = (made: Part) => (made['SystemMetadata'] as Part)['cache-control'];
  assert.deepEqual(
    deployments.map((made) => [made['Include'], made['Exclude'], cached(made)]),
    [
      [['assets/*'], ['*'], 'max-age=31536000, immutable'],
      [undefined, ['assets/*'], 'no-cache'],
    ],
  );
  // An open page may still ask for what it was built with.
  assert.deepEqual(
    deployments.map((made) => made['Prune']),
    [false, false],
  );
});

test('chat.json is what the stack knows of the machine, and no secret is among it', () => {
  const endpoint = 'https://<Api>.execute-api.<AWS::Region>.<AWS::URLSuffix>/<Stage>/';
  const cases: readonly [Partial<TvmConfig>, object][] = [
    [{}, { mode: 'Open', endpoint }],
    [
      { auth: 'LambdaAuthorizer', authorizer: { ...AUTHORIZER, credentials: 'basic' } },
      { mode: 'LambdaAuthorizer', endpoint, credentials: 'basic' },
    ],
    [
      { auth: 'AmazonCognito' },
      {
        mode: 'AmazonCognito',
        endpoint,
        userPoolId: '<UserPool>',
        clientId: '<UserPoolClient>',
        tokenUse: 'id',
        flow: 'USER_SRP_AUTH',
      },
    ],
  ];
  for (const [changes, machine] of cases) {
    assert.deepEqual(chatJson(canonical({ ...WEB, ...changes })), { machine, cache: 'default-cache' });
  }
});

test('the page is built with the stack, and only where something is built', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'tvm-chat-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    const settings = { machine: { mode: 'Open', endpoint: 'https://e.example/prod/' } } as const;
    const logRetention = RetentionDays.ONE_WEEK;
    new ChatSite(new Stack(app, 'Site'), 'Chat', { settings, connectTo: [], logRetention });
    app.synth();
    const built = foldersOf(outdir).filter((folder) => existsSync(join(folder, 'index.html')));
    assert.equal(built.length, 1);
    const html = readFileSync(join(built[0] ?? '', 'index.html'), 'utf8');
    // Built: the source names `/src/main.tsx`. Under any path: no address of it is absolute.
    assert.match(html, /src="\.\/assets\/[^"]+\.js"/);
    assert.equal(existsSync(join(built[0] ?? '', 'chat.json')), false);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test('two machines with their pages fit into one stack', () => {
  const stack = new Stack(testApp(), 'Two');
  for (const id of ['One', 'Other']) {
    new TokenVendingMachine(stack, id, { config: canonical(WEB), configPath: '/nowhere/tvm.toml' });
  }
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::CloudFront::Distribution', 2);
  for (const [type, config] of [
    ['AWS::CloudFront::OriginAccessControl', 'OriginAccessControlConfig'],
    ['AWS::CloudFront::ResponseHeadersPolicy', 'ResponseHeadersPolicyConfig'],
  ] as const) {
    // Of one set for all regions of the account.
    const names = all(template, type).map((made) => written((made[config] as Part)['Name']));
    assert.equal(new Set(names).size, 2);
    for (const name of names) assert.match(name, /-<AWS::Region>$/);
  }
});

interface Headers {
  readonly CustomHeadersConfig: { readonly Items: readonly { readonly Header: string; readonly Value: string }[] };
  readonly SecurityHeadersConfig: {
    readonly ContentSecurityPolicy: { readonly ContentSecurityPolicy: unknown };
    readonly ContentTypeOptions: { readonly Override: boolean };
    readonly FrameOptions: { readonly FrameOption: string };
    readonly ReferrerPolicy: { readonly ReferrerPolicy: string };
    readonly StrictTransportSecurity: { readonly AccessControlMaxAgeSec: number };
  };
}

function headersOf(template: Template): Headers {
  return only(template, 'AWS::CloudFront::ResponseHeadersPolicy')['ResponseHeadersPolicyConfig'] as Headers;
}

/** A text of a template, with `<…>` where CloudFormation fills something in. */
function written(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  if (join !== undefined) return join[1].map(written).join(join[0]);
  const text = JSON.stringify(value);
  const known = { Stage: /Stageprod/, Api: /EndpointApi/, UserPoolClient: /UserPoolClient/, UserPool: /UserPool/ };
  const name = Object.entries(known).find(([, pattern]) => pattern.test(text))?.[0];
  return `<${name ?? (value as { Ref: string }).Ref}>`;
}

/** `chat.json` as it is there once the function that uploads it has put the stack's values into it. */
function chatJson(config: TvmConfig): unknown {
  const app = testApp();
  const stack = new TokenVendingMachineStack(app, 'Machine', { config, configPath: '/nowhere/tvm.toml' });
  const file = foldersOf(app.synth().directory).map((folder) => join(folder, 'chat.json'));
  const deployments = all(Template.fromStack(stack), DEPLOYMENT);
  const markers = deployments.flatMap((made) => (made['SourceMarkers'] ?? []) as Part[]);
  const values: Part = Object.assign({}, ...markers);
  const filled = readFileSync(file.find(existsSync) ?? '', 'utf8').replace(/<<marker:\w+:\d+>>/g, (mark) =>
    written(values[mark]),
  );
  return JSON.parse(filled);
}

function foldersOf(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name));
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
