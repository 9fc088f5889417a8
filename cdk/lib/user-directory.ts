/**
 * `auth = "AmazonCognito"`: the user pool whose users may ask, and the authorizer that accepts their tokens.
 *
 * An existing pool is left as it is: it gets no client, no group and no setting from here.
 */

import { type Duration, Fn, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AuthorizationType, CognitoUserPoolsAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { type IUserPool, UserPool } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

import type { Access } from './access.ts';
import type { Group, TvmConfig } from './canonical-config.ts';
import { makeGroups, makeUserPool, makeUserPoolClient } from './user-pool.ts';

/** @see UserDirectory */
export interface UserDirectoryProps {
  /** Which pool, and which of its tokens. */
  readonly cognito: TvmConfig['cognito'];
  /** The groups of the configuration, by name. */
  readonly groups: Readonly<Record<string, Group>>;
  /** How long API Gateway may reuse an answer for the same token. */
  readonly cacheTtl: Duration;
  /** What becomes of the users when the stack is deleted, or deployed with another mode. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * A pool that the app has, and the client that the chat page signs in with.
   * @default - the pool of the configuration, or a new one
   */
  readonly given?: { readonly pool: IUserPool; readonly clientId: string };
}

/** What Cognito gives everybody who signs in with a password. */
const OF_EVERYBODY = 'aws.cognito.signin.user.admin';

const NAMES = { id: 'ID token', access: 'access token' } as const;

/** The Amazon Cognito user pool, and the authorizer that accepts its tokens. */
export class UserDirectory extends Construct {
  /** The pool: a new one, or the one that the configuration names or the app gives. */
  readonly userPool: IUserPool;
  readonly userPoolId: string;
  /** The client that browsers sign in with; of an existing pool, the first of those that count. */
  readonly userPoolClientId: string;
  /** Where browsers sign in. */
  readonly origin: string;
  readonly access: Access;

  constructor(scope: Construct, id: string, props: UserDirectoryProps) {
    super(scope, id);
    const { cognito } = props;
    const { pool, clientId, region } = this.directory(props);
    this.userPool = pool;
    this.userPoolId = pool.userPoolId;
    this.userPoolClientId = clientId;
    this.origin = `https://cognito-idp.${region}.${Stack.of(this).urlSuffix}`;
    this.access = {
      authorizationType: AuthorizationType.COGNITO,
      authorizer: new CognitoUserPoolsAuthorizer(this, 'TokenAuthorizer', {
        cognitoUserPools: [pool],
        resultsCacheTtl: props.cacheTtl,
      }),
      // By this alone API Gateway takes one for an access token, and refuses ID tokens. None is written out: one that stayed would
      // refuse every ID token.
      scopes: cognito.token_use === 'access' ? [cognito.scope ?? OF_EVERYBODY] : [],
      credentialHeaders: ['Authorization'],
      askForCredentials: `Sign in again and send the ${NAMES[cognito.token_use]} of Amazon Cognito in the Authorization header.`,
      acknowledged: {},
    };
  }

  private directory(props: UserDirectoryProps): Directory {
    const { cognito, given } = props;
    // The id of a pool begins with its region; that of a given one may be known no sooner than when the stack is deployed.
    if (given !== undefined) return { ...given, region: Fn.select(0, Fn.split('_', given.pool.userPoolId)) };
    return cognito.user_pool === undefined ? this.made(props) : this.existing(cognito);
  }

  private made(props: UserDirectoryProps): Directory {
    const pool = makeUserPool(this, props);
    const { userPoolClientId } = makeUserPoolClient(this, pool, props);
    makeGroups(this, pool, props.groups, props);
    return { pool, clientId: userPoolClientId, region: Stack.of(this).region };
  }

  /**
   * An authorizer asks a pool in any region ("Obtain permissions to create Amazon Cognito user pool authorizers for a REST API" in
   * API Gateway's developer guide); `UserPool.fromUserPoolId` would write that of the stack into its ARN.
   */
  private existing({ user_pool = '', clients: [first = ''] }: TvmConfig['cognito']): Directory {
    const id = user_pool.slice(user_pool.lastIndexOf('/') + 1);
    // Where browsers sign in, as they find it: by the id, which begins with the region.
    const [region = ''] = id.split('_');
    const arn = user_pool.startsWith('arn:')
      ? user_pool
      : Stack.of(this).formatArn({ service: 'cognito-idp', region, resource: 'userpool', resourceName: id });
    return { pool: UserPool.fromUserPoolArn(this, 'UserPool', arn), clientId: first, region };
  }
}

/** A pool, and where it is. */
interface Directory {
  readonly pool: IUserPool;
  readonly clientId: string;
  readonly region: string;
}
