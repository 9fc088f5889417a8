/** How the constructs speak of a secret. A reference never holds a value. */

/** A secret as a function needs it: what to ask Secrets Manager for, and what its policy has to name. */
export interface SecretReference {
  /** What `GetSecretValue` is called with: the ARN, or the name where only that is known. */
  readonly secretId: string;
  /** For people and outputs; without the random suffix where only the name is known. */
  readonly secretArn: string;
  /** The `Resource` of a policy statement that covers this secret and no other. */
  readonly policyResource: string;
}
