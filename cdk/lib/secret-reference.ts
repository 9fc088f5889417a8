/** How the constructs speak of a secret, and which key encrypts those that the stack makes. A reference never holds a value. */

import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

import type { TvmConfig } from './canonical-config.ts';
import { regionOf } from './region.ts';

/** A secret as a function needs it: what to ask Secrets Manager for, and what its policy has to name. */
export interface SecretReference {
  /** What `GetSecretValue` is called with: the ARN, or the name where only that is known. */
  readonly secretId: string;
  /** For people and outputs; without the random suffix where only the name is known. */
  readonly secretArn: string;
  /** The `Resource` of a policy statement that covers this secret and no other. */
  readonly policyResource: string;
  /**
   * ARN of the KMS key that encrypts this secret.
   * @default - the key of the configuration's `[secrets]`, if it names one
   */
  readonly encryptionKey?: string;
}

/** AWS's own key of the account, by the name that `KmsKeyId` knows it by ("AWS::SecretsManager::Secret"). */
const OF_THE_ACCOUNT = 'alias/aws/secretsmanager';

/**
 * The key that a secret of the stack is encrypted by. Written in any case: `UpdateSecret` leaves the key alone where it is given
 * none, so that a key taken out of the file would stay, and the functions might not use it any more.
 */
export function secretKey({ kms_key }: TvmConfig['secrets']): string {
  return kms_key ?? OF_THE_ACCOUNT;
}

/** Secrets Manager ends a complete ARN with a hyphen and six characters, which a policy for a name alone has to allow. */
export const ANY_SUFFIX = '-??????';

/** A reference to a secret that the CDK app made or looked up. */
export function referenceTo(scope: Construct, secret: ISecret): SecretReference {
  const { encryptionKey, secretArn, secretFullArn, secretName } = secret;
  const key = encryptionKey === undefined ? {} : { encryptionKey: encryptionKey.keyArn };
  if (secretFullArn !== undefined) {
    return { secretId: secretFullArn, secretArn, policyResource: secretFullArn, ...key };
  }
  // A partial ARN is ambiguous to Secrets Manager where the name itself ends like a suffix; a name is not.
  const here = Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: secretName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const secretId = secretArn === here ? secretName : secretArn;
  return { secretId, secretArn, policyResource: secretArn + ANY_SUFFIX, ...key };
}

/** What a grant is for: the same actions as those of CDK's own `ISecret`. */
const ACTIONS = {
  read: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
  write: ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecret', 'secretsmanager:UpdateSecretVersionStage'],
} as const;

/** What Secrets Manager needs of the key, on behalf of the grantee: PutSecretValue in its API reference names both. */
const KEY_ACTIONS = { read: ['kms:Decrypt'], write: ['kms:Decrypt', 'kms:GenerateDataKey'] } as const;

/** Allows `grantee` to read or to write the secret, with the key that encrypts it, if it has one of the account's own. */
export function grantSecret(
  scope: Construct,
  grantee: IGrantable,
  use: keyof typeof ACTIONS,
  secret: SecretReference,
  keyArn: string | undefined,
): Grant {
  const granted = Grant.addToPrincipal({
    grantee,
    actions: [...ACTIONS[use]],
    resourceArns: [secret.policyResource],
  });
  const key = secret.encryptionKey ?? keyArn;
  if (key === undefined) return granted;
  return granted.combine(
    Grant.addToPrincipal({
      grantee,
      actions: [...KEY_ACTIONS[use]],
      resourceArns: [key],
      conditions: forThisSecret(scope, secret),
    }),
  );
}

/** The conditions under which a role may use a key: for this secret alone, through the Secrets Manager of the secret's region. */
export function forThisSecret(
  scope: Construct,
  { policyResource }: SecretReference,
): Record<string, Record<string, string>> {
  const stack = Stack.of(scope);
  // Known of an ARN in the configuration alone, which may be of another region than the stack.
  const region = Token.isUnresolved(policyResource) ? stack.region : regionOf(policyResource);
  return {
    StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${stack.urlSuffix}` },
    StringLike: { 'kms:EncryptionContext:SecretARN': policyResource },
  };
}
