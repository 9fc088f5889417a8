/**
 * What the app gives the machine as CDK objects, in the place of names in the configuration, and what does not fit together.
 *
 * The functions read the configuration file, and no prop. A prop that the file contradicts is refused here: it would be accepted,
 * and every request refused at run time.
 */

import { Annotations, Token } from 'aws-cdk-lib';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

import type { TvmConfig } from './canonical-config.ts';
import { InvalidProps } from './invalid-props.ts';
import type { Network } from './network.ts';

/** Resources of the app that the machine uses. Each wins over the name that the configuration has for it. */
export interface GivenResources {
  /**
   * The secret with the Momento API key. The machine reads it, and neither makes, rotates nor deletes it.
   * @default - the secret that `[momento] secret` names, or a new one
   */
  readonly apiKeySecret?: ISecret;
  /**
   * The secret with the users of `auth = "LambdaAuthorizer"`, in the form that `tvm user` writes.
   * @default - a new secret with one user, whose password Secrets Manager generates
   */
  readonly credentialsSecret?: ISecret;
  /**
   * The secret that the tokens of `kind = "jwt"` are signed with. The configuration has to have `hmac_secret` too, with any name:
   * the authorizer learns from it that the issuer publishes no keys.
   * @default - the secret that `[authorizer] hmac_secret` names, if it does
   */
  readonly signingSecret?: ISecret;
  /**
   * The KMS key of the machine's secrets: new ones are encrypted with it, and the functions may decrypt with it. A secret that is
   * given with an encryption key of its own keeps that.
   * @default - the key that `[secrets] kms_key` or else `[deployment] kms_key` names, or the account's `aws/secretsmanager`
   */
  readonly encryptionKey?: IKey;
  /**
   * The topic that alarms are sent to. CloudWatch has to be allowed to publish to it, and to use its KMS key if it has one.
   * @default - the topic that `[monitoring] alarm_topic` names, or a new one
   */
  readonly alarmTopic?: ITopic;
  /**
   * The user pool of `auth = "AmazonCognito"`, with `userPoolClients`. It is left as it is: it gets no client and no group from
   * here, and the settings of a new pool in `[cognito]` have no effect.
   * @default - the pool that `[cognito] user_pool` names, or a new one
   */
  readonly userPool?: IUserPool;
  /**
   * The app clients of `userPool` whose tokens count, at least one. The chat page signs in with the first. Where a permission or
   * the token id holds a claim, none of the clients may let users write that attribute.
   * @default - without `userPool`, what the configuration says
   */
  readonly userPoolClients?: readonly IUserPoolClient[];
}

/** The configuration, with the names of what is given. What is more than a name, the constructs take from the props. */
export function withGiven(config: TvmConfig, { encryptionKey, alarmTopic, userPool }: GivenResources): TvmConfig {
  const { cognito, secrets, monitoring } = config;
  return {
    ...config,
    ...(encryptionKey === undefined ? {} : { secrets: { ...secrets, kms_key: encryptionKey.keyArn } }),
    ...(alarmTopic === undefined ? {} : { monitoring: { ...monitoring, alarm_topic: alarmTopic.topicArn } }),
    ...(userPool === undefined ? {} : { cognito: { ...cognito, user_pool: userPool.userPoolId } }),
  };
}

/** The props that are about what is given. */
type Props = GivenResources & Network;

/**
 * Refuses props that could not work with this configuration.
 *
 * @throws InvalidProps
 */
export function refuseContradictions(config: TvmConfig, props: Props): void {
  const refuse = (wrong: boolean, message: string) => {
    if (wrong) throw new InvalidProps(message);
  };
  const { auth, authorizer, momento, monitoring } = config;
  const { apiKeySecret, credentialsSecret, signingSecret, alarmTopic, vpc, vpcSubnets, securityGroups } = props;
  refuse(
    apiKeySecret !== undefined && momento.rotate_every !== undefined,
    'apiKeySecret cannot be rotated by the machine: leave rotate_every out of [momento], or let the machine make the secret',
  );
  refuse(
    credentialsSecret !== undefined && !(auth === 'LambdaAuthorizer' && authorizer.kind === 'credentials'),
    'credentialsSecret is for auth = "LambdaAuthorizer" with kind = "credentials"; the configuration says otherwise',
  );
  refuse(
    signingSecret !== undefined &&
      !(auth === 'LambdaAuthorizer' && authorizer.kind === 'jwt' && authorizer.hmac_secret !== undefined),
    'signingSecret is for auth = "LambdaAuthorizer" with kind = "jwt" and hmac_secret: without hmac_secret in the file, the ' +
      'authorizer looks for keys that the issuer publishes, and refuses every token; write hmac_secret with any name',
  );
  refuse(
    alarmTopic !== undefined && !monitoring.alarms,
    'alarmTopic has no effect without alarms: write alarms = true in [monitoring], or leave the prop out',
  );
  refuse(
    alarmTopic !== undefined && monitoring.alarm_email !== undefined,
    'alarm_email in [monitoring] is for a topic that the machine makes: subscribe the address to alarmTopic yourself',
  );
  refuse(
    vpc === undefined && (vpcSubnets !== undefined || securityGroups !== undefined),
    'vpcSubnets and securityGroups have no effect without vpc: give the VPC too',
  );
  refusePool(config, props, refuse);
}

function refusePool(
  { auth, cognito }: TvmConfig,
  { userPool, userPoolClients }: Props,
  refuse: (wrong: boolean, message: string) => void,
): void {
  const given = userPool !== undefined;
  refuse(
    given !== (userPoolClients !== undefined),
    'userPool and userPoolClients belong together: give both or neither',
  );
  if (!given) return;
  refuse(auth !== 'AmazonCognito', `userPool is for auth = "AmazonCognito"; the configuration says ${auth}`);
  refuse(userPoolClients?.length === 0, 'userPoolClients is empty: tokens for any app of that pool would do');
  const { userPoolId } = userPool;
  const named = cognito.user_pool?.replace(/^arn:.*userpool\//, '');
  refuse(
    named !== undefined && (Token.isUnresolved(userPoolId) || named !== userPoolId),
    `userPool is not known to be ${cognito.user_pool}, which [cognito] user_pool names: leave user_pool and clients out of the ` +
      'file where the app gives the pool',
  );
}

/**
 * Warns of claims that users may write themselves. `tvm config check` looks at the clients of the pool that a deployment makes; of
 * the clients of a given pool, nobody but the app knows what they let users write.
 */
export function warnOfClaims(
  scope: Construct,
  { token, permissions, groups }: TvmConfig,
  { userPool }: GivenResources,
): void {
  if (userPool === undefined) return;
  const claims = JSON.stringify([token.id, permissions, groups]).match(/\{claims\.[^}]+\}/g) ?? [];
  if (claims.length === 0) return;
  Annotations.of(scope).addWarningV2(
    '@token-vending-machine/cdk:claims',
    `${[...new Set(claims)].join(', ')} decides what a token may do: give each client in userPoolClients writeAttributes without ` +
      'that attribute, or users choose it themselves',
  );
}
