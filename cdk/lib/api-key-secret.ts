/**
 * The secret that holds the Momento API key.
 *
 * No key is ever in the template: the secret is made without a value, or with that of a NoEcho parameter, or it is one
 * that exists already.
 */

import { Aws, CfnCondition, type CfnParameter, Fn, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

import { acknowledge } from './acknowledged.ts';
import type { TvmConfig } from './canonical-config.ts';
import { existingSecret } from './existing-secret.ts';
import { type SecretReference, secretKey } from './secret-reference.ts';

/** @see ApiKeySecret */
export interface ApiKeySecretProps {
  /**
   * A secret that the app has, or the name or ARN of one that exists already.
   * @see existingSecret
   * @default - a new secret
   */
  readonly existing?: string | SecretReference;
  /**
   * A NoEcho parameter that may carry the key of the new secret. Where it is empty, the secret has no value until one is
   * put into it, and what is put into it later is not overwritten by a deployment.
   * @default - the new secret is made without a value
   */
  readonly parameter?: CfnParameter;
  /** Whether the key is renewed on a schedule. */
  readonly rotated: boolean;
  /** The configuration's `[secrets]`, which a new one is made by. */
  readonly secrets: TvmConfig['secrets'];
  /** What becomes of the new secret when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** The secret that holds the Momento API key: a new one, or one that exists already. */
export class ApiKeySecret extends Construct implements SecretReference {
  readonly secretId: string;
  readonly secretArn: string;
  readonly policyResource: string;
  readonly encryptionKey?: string;

  constructor(scope: Construct, id: string, props: ApiKeySecretProps) {
    super(scope, id);
    const { existing } = props;
    if (existing !== undefined) {
      const found = typeof existing === 'string' ? existingSecret(this, existing) : existing;
      ({ secretId: this.secretId, secretArn: this.secretArn, policyResource: this.policyResource } = found);
      if (found.encryptionKey !== undefined) this.encryptionKey = found.encryptionKey;
      return;
    }
    // The L2 `Secret` generates a value when it is given none: a random string that looks like a key and is not.
    const secret = new CfnSecret(this, 'Resource', {
      description: 'The Momento API key with which the token vending machine mints tokens',
      kmsKeyId: secretKey(props.secrets),
    });
    secret.applyRemovalPolicy(props.removalPolicy);
    if (!props.rotated) {
      acknowledge(secret, {
        SMG4: 'the key is Momento’s, made in its console; another is put in by hand, and serves at once',
      });
    }
    if (props.parameter !== undefined) {
      const given = new CfnCondition(this, 'Given', {
        expression: Fn.conditionNot(Fn.conditionEquals(props.parameter, '')),
      });
      secret.secretString = Fn.conditionIf(given.logicalId, props.parameter.valueAsString, Aws.NO_VALUE).toString();
      Validations.of(secret).acknowledge({
        id: 'CloudFormation-Validate::W1030',
        reason: 'An empty parameter is no value of the secret: the condition leaves the property out',
      });
    }
    // `Fn::GetAtt Id` is the ARN on AWS and on the local emulator alike; `Ref` is the name on the latter.
    this.secretId = this.secretArn = this.policyResource = secret.attrId;
  }
}
