/**
 * The user pool that a deployment makes, as the table `[cognito]` says.
 *
 * No user is made here, so no password is in a template.
 */

import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  type CfnUserPoolClient,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

import { acknowledge } from './acknowledged.ts';
import type { Group, TvmConfig } from './canonical-config.ts';

/** @see makeUserPool */
export interface UserPoolSettings {
  readonly cognito: TvmConfig['cognito'];
  /** What becomes of the pool, with its users, when the stack is deleted, or deployed with another mode. */
  readonly removalPolicy: RemovalPolicy;
}

const MFA = { off: Mfa.OFF, optional: Mfa.OPTIONAL, required: Mfa.REQUIRED } as const;

const THREATS = {
  off: StandardThreatProtectionMode.NO_ENFORCEMENT,
  audit: StandardThreatProtectionMode.AUDIT_ONLY,
  enforced: StandardThreatProtectionMode.FULL_FUNCTION,
} as const;

/**
 * What becomes of the pool, of its client and of its groups alike: a pool whose groups went would have forgotten who is in which.
 * One that may not be deleted would make the deletion of its stack fail.
 */
function fate({ cognito, removalPolicy }: UserPoolSettings): RemovalPolicy {
  return cognito.deletion_protection ? RemovalPolicy.RETAIN : removalPolicy;
}

/**
 * The pool. Nobody signs up by themselves unless the configuration says so.
 *
 * What the configuration decides is written in any case, its default as well: Cognito sets what an update leaves out to *its*
 * default ("Updating user pool and app client configuration" in its developer guide), and what CloudFormation makes of a property
 * that is gone from the template, it does not say.
 */
export function makeUserPool(scope: Construct, settings: UserPoolSettings): UserPool {
  const { cognito } = settings;
  const { min_length: minLength, require } = cognito.password;
  const threats = cognito.threat_protection !== 'off';
  const userPool = new UserPool(scope, 'UserPool', {
    selfSignUpEnabled: cognito.self_sign_up,
    signInAliases: { username: true },
    // `Alice` and `alice` are one person: the username goes into token ids and permissions.
    signInCaseSensitive: false,
    passwordPolicy: {
      minLength,
      requireLowercase: require.includes('lowercase'),
      requireUppercase: require.includes('uppercase'),
      requireDigits: require.includes('digits'),
      requireSymbols: require.includes('symbols'),
    },
    mfa: MFA[cognito.mfa],
    // A text message costs, and can be diverted. Cognito refuses a list of factors where MFA is off, and has none then.
    ...(cognito.mfa === 'off' ? {} : { mfaSecondFactor: { otp: true, sms: false } }),
    autoVerify: { email: cognito.self_sign_up },
    // Who signed up by themselves has nobody to ask for a new password.
    accountRecovery: cognito.self_sign_up ? AccountRecovery.EMAIL_ONLY : AccountRecovery.NONE,
    // ESSENTIALS is what Cognito gives a new pool.
    featurePlan: threats ? FeaturePlan.PLUS : FeaturePlan.ESSENTIALS,
    standardThreatProtectionMode: THREATS[cognito.threat_protection],
    deletionProtection: cognito.deletion_protection,
    removalPolicy: fate(settings),
  });
  // Not a weaker `cognito.password`: whoever reviews a deployment wants to see it.
  acknowledge(userPool, {
    ...(cognito.mfa === 'required' ? {} : { COG2: 'cognito.mfa: a second factor is for the app to ask for' }),
    ...(threats ? {} : { COG8: 'cognito.threat_protection: AWS charges for that plan by the user' }),
  });
  return userPool;
}

/** Its client for browsers. */
export function makeUserPoolClient(scope: Construct, userPool: UserPool, settings: UserPoolSettings): UserPoolClient {
  const { auth_flows, writable_attributes } = settings.cognito;
  const client = new UserPoolClient(scope, 'UserPoolClient', {
    userPool,
    // A browser cannot keep a secret.
    generateSecret: false,
    authFlows: { userPassword: auth_flows.includes('USER_PASSWORD'), userSrp: auth_flows.includes('USER_SRP') },
    // Else CDK enables the hosted sign-in with an example's callback.
    disableOAuth: true,
    preventUserExistenceErrors: true,
  });
  client.applyRemovalPolicy(fate(settings));
  // By the names that Cognito has for them; CDK has others.
  (client.node.defaultChild as CfnUserPoolClient).writeAttributes = [...writable_attributes];
  return client;
}

/** A group for each of the configuration's. */
export function makeGroups(
  scope: Construct,
  userPool: UserPool,
  groups: Readonly<Record<string, Group>>,
  settings: UserPoolSettings,
): void {
  for (const [groupName, { description }] of Object.entries(groups)) {
    // A construct's id may not hold a slash, a group's name may.
    const group = new CfnUserPoolGroup(scope, `Group:${encodeURIComponent(groupName)}`, {
      userPoolId: userPool.userPoolId,
      groupName,
      // An update that gives none would leave the old one (API_UpdateGroup).
      description: description ?? '',
    });
    group.applyRemovalPolicy(fate(settings));
  }
}
