/**
 * `auth = "LambdaAuthorizer"`: a function that compares a username and a password with those in a secret.
 *
 * API Gateway asks it before the vending function runs; a caller that it refuses never reaches that function.
 */

import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AuthorizationType, IdentitySource, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';

import type { Access } from './access.ts';
import type { CredentialsPlace } from './config.ts';
import { CredentialsSecret } from './credentials-secret.ts';
import { MachineFunction, type MachineFunctionSettings } from './machine-function.ts';

/** @see LambdaAuthorizer */
export interface LambdaAuthorizerProps {
  /** Where a caller puts the credentials. */
  readonly credentials: CredentialsPlace;
  /** The groups of the one user that the secret is made with. */
  readonly groups: readonly string[];
  /** How long API Gateway may reuse an answer for the same credentials. */
  readonly cacheTtl: Duration;
  /** What becomes of the credentials when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** How the function is built and run. */
  readonly settings: MachineFunctionSettings;
}

interface Place {
  readonly headers: readonly string[];
  readonly ask: string;
}

const PLACES: Readonly<Record<CredentialsPlace, Place>> = {
  headers: { headers: ['username', 'password'], ask: 'Send your credentials in the headers username and password.' },
  basic: { headers: ['Authorization'], ask: 'Send your username and password as Authorization: Basic.' },
};

/** The authorizer function, the secret with its credentials, and the request authorizer that asks it. */
export class LambdaAuthorizer extends Construct {
  /** What the function compares with. */
  readonly credentials: CredentialsSecret;
  readonly access: Access;

  constructor(scope: Construct, id: string, props: LambdaAuthorizerProps) {
    super(scope, id);
    const { groups, removalPolicy, settings } = props;
    this.credentials = new CredentialsSecret(this, 'Credentials', { groups, removalPolicy });
    const authorizer = new MachineFunction(this, 'Function', {
      ...settings,
      binaryName: 'tvm-authorizer',
      description: 'Token vending machine: checks the credentials of a caller',
      environment: { ...settings.environment, AUTHORIZER_SECRET_ID: this.credentials.secretId },
      secret: this.credentials,
    });
    const place = PLACES[props.credentials];
    this.access = {
      authorizationType: AuthorizationType.CUSTOM,
      authorizer: new RequestAuthorizer(this, 'RequestAuthorizer', {
        handler: authorizer.function,
        // API Gateway answers a request without one of them with 401 by itself: the function is not asked.
        identitySources: place.headers.map((name) => IdentitySource.header(name)),
        resultsCacheTtl: props.cacheTtl,
      }),
      credentialHeaders: place.headers,
      askForCredentials: place.ask,
    };
  }
}
