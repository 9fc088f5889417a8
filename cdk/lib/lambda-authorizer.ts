/**
 * `auth = "LambdaAuthorizer"`: a function that looks at what a caller brings, and says who they are or that they are nobody.
 *
 * API Gateway asks it before the vending function runs; a caller that it refuses never reaches that function.
 */

import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { AuthorizationType, IdentitySource, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { Access } from './access.ts';
import type { CredentialsPlace } from './canonical-config.ts';
import { CredentialsSecret } from './credentials-secret.ts';
import { existingSecret } from './existing-secret.ts';
import { InvalidProps } from './invalid-props.ts';
import { MachineFunction, type MachineFunctionSettings } from './machine-function.ts';
import { grantSecret, type SecretReference } from './secret-reference.ts';

/** A username and a password or key, which a secret lists. */
export interface CredentialsProof {
  readonly kind: 'credentials';
  /** Where a caller puts them. */
  readonly place: CredentialsPlace;
  /** What becomes of the secret when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * A secret that the app has, with the users in it.
   * @default - a new secret, with one user
   */
  readonly existing?: SecretReference;
}

/** A token of an OpenID Connect issuer, which the configuration names. */
export interface TokenProof {
  readonly kind: 'jwt';
  /**
   * A secret that the app has, or the name or ARN of one that exists already, with what the issuer signs by.
   * @default - none: the issuer's keys are public
   * @see existingSecret
   */
  readonly signingSecret?: string | SecretReference;
}

/** @see LambdaAuthorizer */
export interface LambdaAuthorizerProps {
  /** By what callers prove who they are. */
  readonly proof: CredentialsProof | TokenProof;
  /** How long API Gateway may reuse an answer for the same credentials. */
  readonly cacheTtl: Duration;
  /** How the function is built and run. */
  readonly settings: MachineFunctionSettings;
}

/** Time for a slow start, and for the issuer's keys or the secret to be read anew. */
const TIMEOUT = Duration.seconds(10);

interface Place {
  readonly headers: readonly string[];
  readonly ask: string;
}

const PLACES: Readonly<Record<CredentialsPlace | 'bearer', Place>> = {
  headers: { headers: ['username', 'password'], ask: 'Send your credentials in the headers username and password.' },
  basic: { headers: ['Authorization'], ask: 'Send your username and password as Authorization: Basic.' },
  bearer: { headers: ['Authorization'], ask: 'Sign in, and send your token as Authorization: Bearer.' },
};

/** The authorizer function, the secret that it reads if there is one, and the request authorizer that asks it. */
export class LambdaAuthorizer extends Construct {
  /** The users that the function compares with; of kind `credentials` alone. */
  readonly credentials: SecretReference | undefined;
  /** The function that looks. */
  readonly function: IFunction;
  readonly access: Access;
  private readonly secretsKey: string | undefined;

  constructor(scope: Construct, id: string, props: LambdaAuthorizerProps) {
    super(scope, id);
    const { proof, settings } = props;
    const { secrets } = settings;
    this.secretsKey = secrets.kms_key;
    this.credentials =
      proof.kind === 'credentials'
        ? (proof.existing ?? new CredentialsSecret(this, 'Credentials', { ...proof, secrets }))
        : undefined;
    const secret = this.credentials ?? signingSecret(this, proof);
    const authorizer = new MachineFunction(this, 'Function', {
      ...settings,
      binaryName: 'tvm-authorizer',
      description: 'Token vending machine: checks the credentials of a caller',
      timeout: TIMEOUT,
      ...(secret === undefined
        ? {}
        : { environment: { ...settings.environment, AUTHORIZER_SECRET_ID: secret.secretId }, secret }),
    });
    this.function = authorizer.function;
    const place = PLACES[proof.kind === 'credentials' ? proof.place : 'bearer'];
    this.access = {
      authorizationType: AuthorizationType.CUSTOM,
      authorizer: new RequestAuthorizer(this, 'RequestAuthorizer', {
        handler: authorizer.function,
        // API Gateway answers a request without one of them with 401 by itself: the function is not asked.
        identitySources: place.headers.map((name) => IdentitySource.header(name)),
        resultsCacheTtl: props.cacheTtl,
      }),
      // With the permission to be called by that authorizer.
      needs: [authorizer.function],
      credentialHeaders: place.headers,
      askForCredentials: place.ask,
      acknowledged: { COG4: 'auth = "LambdaAuthorizer": a function checks who asks, by other proof than Cognito’s' },
    };
  }

  /** Allows reading the users, whose passwords are in it hashed or as Secrets Manager generated them. */
  grantReadUsers(grantee: IGrantable): Grant {
    return grantSecret(this, grantee, 'read', this.users(), this.secretsKey);
  }

  /** Allows writing the users: for a function of the app that manages them, together with {@link grantReadUsers}. */
  grantWriteUsers(grantee: IGrantable): Grant {
    return grantSecret(this, grantee, 'write', this.users(), this.secretsKey);
  }

  private users(): SecretReference {
    if (this.credentials === undefined) {
      throw new InvalidProps('kind = "jwt" has no users here: the issuer of the tokens knows them');
    }
    return this.credentials;
  }
}

function signingSecret(scope: Construct, proof: CredentialsProof | TokenProof): SecretReference | undefined {
  const named = proof.kind === 'jwt' ? proof.signingSecret : undefined;
  return typeof named === 'string' ? existingSecret(scope, named) : named;
}
