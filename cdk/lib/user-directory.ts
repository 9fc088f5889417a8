/**
 * `auth = "AmazonCognito"`: the user pool whose users may ask, its client for browsers, and a group per `[groups]` entry.
 *
 * No user is made here, so no password is in a template; nobody signs up by themselves.
 */

import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AuthorizationType, CognitoUserPoolsAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { AccountRecovery, CfnUserPoolGroup, UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

import type { Access } from './access.ts';
import type { Group } from './config.ts';

/** @see UserDirectory */
export interface UserDirectoryProps {
  /** The groups of the configuration, by name. */
  readonly groups: Readonly<Record<string, Group>>;
  /** How long API Gateway may reuse an answer for the same token. */
  readonly cacheTtl: Duration;
  /** What becomes of the users when the stack is deleted, or deployed with another mode. */
  readonly removalPolicy: RemovalPolicy;
}

/** The Amazon Cognito user pool, and the authorizer that accepts its ID tokens. */
export class UserDirectory extends Construct {
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly access: Access;

  constructor(scope: Construct, id: string, props: UserDirectoryProps) {
    super(scope, id);
    const userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      signInAliases: { username: true },
      // `Alice` and `alice` are one person: the username goes into token ids and permissions.
      signInCaseSensitive: false,
      passwordPolicy: {
        minLength: 8,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      accountRecovery: AccountRecovery.NONE,
      removalPolicy: props.removalPolicy,
    });
    const client = new UserPoolClient(this, 'UserPoolClient', {
      userPool,
      // A browser cannot keep a secret.
      generateSecret: false,
      authFlows: { userPassword: true, userSrp: true },
      // Else CDK enables the hosted sign-in with an example's callback.
      disableOAuth: true,
      preventUserExistenceErrors: true,
    });
    for (const [groupName, { description }] of Object.entries(props.groups)) {
      // A construct's id may not hold a slash, a group's name may.
      new CfnUserPoolGroup(this, `Group:${encodeURIComponent(groupName)}`, {
        userPoolId: userPool.userPoolId,
        groupName,
        ...(description === undefined ? {} : { description }),
      });
    }
    this.userPoolId = userPool.userPoolId;
    this.userPoolClientId = client.userPoolClientId;
    this.access = {
      authorizationType: AuthorizationType.COGNITO,
      authorizer: new CognitoUserPoolsAuthorizer(this, 'TokenAuthorizer', {
        cognitoUserPools: [userPool],
        resultsCacheTtl: props.cacheTtl,
      }),
      credentialHeaders: ['Authorization'],
      askForCredentials: 'Sign in again and send the ID token of Amazon Cognito in the Authorization header.',
    };
  }
}
