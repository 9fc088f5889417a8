/**
 * What of a configuration a stack's region forbids, for a stack that says its region; for the others `tvm` looks (`tvm config check
 * --region`, `tvm doctor`), whose rules these are: `crates/config/src/region.rs`. A test holds the two together.
 */

import { Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';

import type { TvmConfig } from './canonical-config.ts';
import { ConfigError } from './config-error.ts';

/** A key of the configuration, and what is wrong with it. */
type Refusal = readonly [key: string, why: string];

/**
 * Nothing where the region is known no sooner than when the stack is deployed.
 *
 * @throws ConfigError with everything that is in the way.
 */
export function checkRegion(scope: Construct, config: TvmConfig): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region)) {
    return;
  }
  const refused = [...lacking(config, partitionOf(region)), ...elsewhere(config, region)];
  if (refused.length > 0) {
    const told = refused.map(([key, why]) => `\`${key}\`: ${why}`).join('\n');
    throw new ConfigError(`the configuration cannot be deployed in ${region}:\n${told}`);
  }
}

/** The region that an ARN, or the id of a user pool, says; empty where it says none. */
export function regionOf(arnOrId: string): string {
  return (arnOrId.startsWith('arn:') ? arnOrId.split(':')[3] : /^([^_]+-\d+)_/.exec(arnOrId)?.[1]) ?? '';
}

/** What is asked for and the partition does not have: docs/partitions.md. */
function lacking({ api, auth, functions, web }: TvmConfig, partition: string): Refusal[] {
  const asked: Readonly<Record<string, readonly (Refusal | false)[]>> = {
    'aws-us-gov': [
      web.enabled && ['web.enabled', 'AWS GovCloud (US) has no CloudFront; write enabled = false'],
      api.domain?.hosted_zone !== undefined && [
        'api.domain.hosted_zone',
        'AWS GovCloud (US) has no public hosted zones; leave it out',
      ],
    ],
    'aws-cn': [
      auth === 'AmazonCognito' && [
        'auth',
        'the regions in China have no Cognito user pools; write auth = "LambdaAuthorizer"',
      ],
      web.enabled && ['web.enabled', 'CloudFront in China serves no page by a name of its own; write enabled = false'],
      functions.tracing && ['functions.tracing', 'AWS X-Ray does not trace functions in China; leave it out'],
    ],
  };
  return (asked[partition] ?? []).filter((refusal) => refusal !== false);
}

/** What the configuration names and is not where it can be used. */
function elsewhere(config: TvmConfig, region: string): Refusal[] {
  const { api, auth, authorizer, cognito, deployment, momento, monitoring, secrets } = config;
  // Without one of its own, the key of the secrets is that of the deployment, which is looked at for itself.
  const ownKey = secrets.kms_key === deployment.kms_key ? undefined : secrets.kms_key;
  const hmacSecret = auth === 'LambdaAuthorizer' ? authorizer.hmac_secret : undefined;
  const listsUsers = auth === 'LambdaAuthorizer' && authorizer.kind === 'credentials';
  // Where no secret is made, a key is for those that are there, which are where they are.
  const existing = listsUsers || momento.secret === undefined ? [] : [momento.secret, hmacSecret ?? momento.secret];
  const ofSecrets = existing.length === 0 ? [region] : existing.map((secret) => arnRegion(secret) ?? region);
  const named: readonly (readonly [key: string, value: string | undefined, allowed?: readonly string[]])[] = [
    ['momento.secret', momento.secret],
    ['authorizer.hmac_secret', hmacSecret],
    ['cognito.user_pool', auth === 'AmazonCognito' ? cognito.user_pool : undefined],
    ['secrets.kms_key', ownKey, ofSecrets],
    ['deployment.kms_key', deployment.kms_key, [region]],
    ['monitoring.alarm_topic', monitoring.alarm_topic, [region]],
    ['api.domain.certificate', api.domain?.certificate, [region]],
  ];
  return named.flatMap(([key, value = '', allowed]): Refusal[] => {
    // The name of a secret may look like the id of a pool.
    const theirs = key === 'cognito.user_pool' ? regionOf(value) : (arnRegion(value) ?? '');
    if (theirs === '' || Token.isUnresolved(value)) {
      return [];
    }
    const partition = partitionOf(region);
    const said = value.startsWith('arn:') ? (value.split(':')[1] ?? '') : partition;
    if (said !== partition || partitionOf(theirs) !== partition) {
      return [[key, `it is not in the partition ${partition}; write one that is there`]];
    }
    if (allowed === undefined || allowed.includes(theirs)) {
      return [];
    }
    return [
      [key, `it is in ${theirs}, and AWS takes one in ${allowed.join(' or ')} alone; write the ARN of one there`],
    ];
  });
}

function arnRegion(nameOrArn: string): string | undefined {
  return nameOrArn.startsWith('arn:') ? regionOf(nameOrArn) : undefined;
}

/** Of a region that CDK does not know yet, it is `aws`. */
function partitionOf(region: string): string {
  return RegionInfo.get(region).partition ?? 'aws';
}
