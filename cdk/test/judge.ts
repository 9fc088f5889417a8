/**
 * What CloudFormation does to what holds state, when one template is deployed over another.
 *
 * Which change of a property replaces a resource is AWS's own word: the CloudFormation resource specification, as
 * `@aws-cdk/cloudformation-diff` (what `cdk diff` prints by) reads it. That a secret's value is made anew, the specification does not
 * say, and is added here.
 */

import { fullDiff, type ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';

import type { Part } from './fixtures.ts';

/** Resources that hold what a deployment cannot make again, or by whose name others find them. */
export const HOLDING_STATE: readonly string[] = [
  // Its id is the URL; a stage's name is a part of it.
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::DomainName',
  'AWS::CloudFront::Distribution',
  // Its value is with the callers, and how much was used is counted by the plan.
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::UsagePlan',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolGroup',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  // Confirmed by who reads the mail.
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SecretsManager::Secret',
];

/** Resources that are as good when they are made again. A type that is on neither list is not judged: somebody has to say. */
export const STATELESS: readonly string[] = [
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::UsagePlanKey',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Route53::RecordSet',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
  'Custom::CDKBucketDeployment',
  'Custom::S3AutoDeleteObjects',
];

/** Properties of which any change makes the value anew (aws-cdk 19985; `generated-credentials.test.ts` says more). */
const MADE_ANEW: Readonly<Record<string, readonly string[]>> = {
  'AWS::SecretsManager::Secret': ['GenerateSecretString', 'SecretString'],
};

/** A template, as CloudFormation gets it. */
export interface TemplateJson {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Part;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Something that holds state, and is there no more as it was. */
export interface Loss {
  readonly type: string;
  readonly id: string;
  /** Which one: its logical id, without what is the same of all and what nobody can read. */
  readonly name: string;
  /** `removed`, or `replaced` or `made anew` by these properties, as in `replaced: DomainName`. */
  readonly what: string;
}

/** What is lost by a deployment of `after` over `before`. */
export function losses(before: TemplateJson, after: TemplateJson): Loss[] {
  const found: Loss[] = [];
  fullDiff(before, after).resources.forEachDifference((id, change) => {
    const type = change?.oldResourceType ?? '';
    const what = change === undefined || change.isAddition ? undefined : lostBy(change, type);
    if (HOLDING_STATE.includes(type) && what !== undefined) found.push({ type, id, name: nameOf(id), what });
  });
  return found;
}

/** A group of the pool and a subscription are one of many, by what the file says. */
function nameOf(id: string): string {
  return id
    .replace(/^TokenVendingMachine/, '')
    .replace(/[0-9A-F]{8}$/, '')
    .replace(/(?<=^UserDirectoryGroup|^MonitoringTopic(?!Key)).*/, '');
}

function lostBy(change: ResourceDifference, type: string): string | undefined {
  if (change.isRemoval) return 'removed';
  const properties = Object.entries(change.propertyUpdates);
  const replacing = properties.filter(([, { changeImpact }]) => REPLACING.includes(changeImpact));
  if (replacing.length > 0) return `replaced: ${replacing.map(([name]) => name)}`;
  if (REPLACING.includes(change.changeImpact)) return 'replaced';
  const anew = properties.filter(([name]) => MADE_ANEW[type]?.includes(name));
  return anew.length > 0 ? `made anew: ${anew.map(([name]) => name)}` : undefined;
}

const REPLACING: readonly (ResourceImpact | undefined)[] = [ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE];

/** Whether the template that it was deployed by leaves it in the account. */
export function fate({ Resources }: TemplateJson, { id, what }: Loss): 'goes' | 'stays' {
  const { DeletionPolicy, UpdateReplacePolicy } = Resources[id] ?? {};
  const policy = what === 'removed' ? DeletionPolicy : UpdateReplacePolicy;
  return policy?.startsWith('Retain') ? 'stays' : 'goes';
}

/** Properties, as `Type Property.Part`, that resources of both templates have in `before` alone. */
export function vanished(before: TemplateJson, after: TemplateJson): string[] {
  return Object.entries(before.Resources).flatMap(([id, { Type: type, Properties: old = {} }]) => {
    const now = after.Resources[id]?.Properties;
    return now === undefined ? [] : missing(old, now).map((path) => `${type} ${path}`);
  });
}

/** The outermost of them: of an object that is missing, not its parts as well. */
function missing(old: Part, now: Part): string[] {
  return Object.entries(old).flatMap(([name, value]) => {
    const other = now[name];
    if (other === undefined) return [name];
    return isObject(value) && isObject(other) && !isFunction(value) && !isFunction(other)
      ? missing(value, other).map((path) => `${name}.${path}`)
      : [];
  });
}

function isObject(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `{ Ref }` or `{ 'Fn::…' }`: a value. */
function isFunction(value: Part): boolean {
  return Object.keys(value).every((key) => key === 'Ref' || key.startsWith('Fn::'));
}
