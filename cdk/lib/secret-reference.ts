/** How the constructs speak of a secret, and which key encrypts those that the stack makes. A reference never holds a value. */

import type { TvmConfig } from './config.ts';

/** AWS's own key of the account, by the name that `KmsKeyId` knows it by ("AWS::SecretsManager::Secret"). */
const OF_THE_ACCOUNT = 'alias/aws/secretsmanager';

/**
 * The key that a secret of the stack is encrypted by. Written in any case: `UpdateSecret` leaves the key alone where it is given
 * none, so that a key taken out of the file would stay, and the functions might not use it any more.
 */
export function secretKey({ kms_key }: TvmConfig['secrets']): string {
  return kms_key ?? OF_THE_ACCOUNT;
}

/** A secret as a function needs it: what to ask Secrets Manager for, and what its policy has to name. */
export interface SecretReference {
  /** What `GetSecretValue` is called with: the ARN, or the name where only that is known. */
  readonly secretId: string;
  /** For people and outputs; without the random suffix where only the name is known. */
  readonly secretArn: string;
  /** The `Resource` of a policy statement that covers this secret and no other. */
  readonly policyResource: string;
}
