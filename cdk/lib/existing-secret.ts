/** A secret that the configuration names: it exists already, and the stack neither makes nor deletes it. */

import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { ANY_SUFFIX, type SecretReference } from './secret-reference.ts';

/** Secrets Manager ends a complete ARN with a hyphen and six characters of its own. */
const COMPLETE_ARN = /-[A-Za-z0-9]{6}$/;

/**
 * The secret of this name or ARN; with a name, it is in the stack's account and region. An ARN may lack the suffix of Secrets
 * Manager, unless the name itself ends like one (a hyphen and six letters or digits).
 */
export function existingSecret(scope: Construct, nameOrArn: string): SecretReference {
  if (nameOrArn.startsWith('arn:')) {
    const complete = Token.isUnresolved(nameOrArn) || COMPLETE_ARN.test(nameOrArn);
    return {
      secretId: nameOrArn,
      secretArn: nameOrArn,
      policyResource: complete ? nameOrArn : nameOrArn + ANY_SUFFIX,
    };
  }
  const secretArn = Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: nameOrArn,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  // A partial ARN is ambiguous to Secrets Manager where the name itself ends like a suffix; a name never is.
  return { secretId: nameOrArn, secretArn, policyResource: secretArn + ANY_SUFFIX };
}
