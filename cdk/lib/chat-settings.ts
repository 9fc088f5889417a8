/**
 * `chat.json` for a deployed machine: what the chat page has to know of the endpoint, by mode.
 *
 * The values may be CDK tokens (the site on AWS) or plain texts (`make local`). Nothing of AWS is imported here, and
 * nothing secret is read: what is in `chat.json`, whoever opens the page may read.
 */

import type { DemoUser, Machine, Settings } from '../../web/chat/src/settings.ts';

import type { Permission, TvmConfig } from './canonical-config.ts';

/** Where the machine of a configuration is. */
export interface ChatDeployment {
  /** URL of the endpoint. */
  readonly endpoint: string;
  /**
   * In mode `AmazonCognito`: the pool, and the client that the page signs in with.
   * @default - the mode is another
   */
  readonly userPool?: { readonly id: string; readonly clientId: string };
  /**
   * URL of a Cognito instead of the one of the pool's region: the emulator.
   * @default - the one of the pool's region
   */
  readonly cognito?: string;
  /**
   * URL of a Momento instead of the one that a token names: the local one.
   * @default - the one that the token names
   */
  readonly momento?: string;
  /**
   * Somebody to sign in as with a click. For a page that nobody else can open.
   * @default - nobody
   */
  readonly demoUsers?: readonly DemoUser[];
}

/** What the chat page of this machine is told. */
export function chatSettings(config: TvmConfig, deployment: ChatDeployment): Settings {
  const cache = topicCache(config);
  const { momento, demoUsers } = deployment;
  return {
    machine: machineOf(config, deployment),
    ...(cache === undefined ? {} : { cache }),
    ...(momento === undefined ? {} : { momento }),
    ...(demoUsers === undefined ? {} : { demoUsers }),
  };
}

function machineOf({ auth, authorizer, cognito }: TvmConfig, deployment: ChatDeployment): Machine {
  const { endpoint, userPool } = deployment;
  switch (auth) {
    case 'Open':
      return { mode: 'Open', endpoint };
    case 'LambdaAuthorizer':
      return authorizer.kind === 'jwt'
        ? { mode: 'Bearer', endpoint }
        : { mode: 'LambdaAuthorizer', endpoint, credentials: authorizer.credentials };
    case 'AmazonCognito': {
      if (userPool === undefined) {
        throw new Error('auth = "AmazonCognito" needs the user pool of the deployment');
      }
      return {
        mode: 'AmazonCognito',
        endpoint,
        userPoolId: userPool.id,
        clientId: userPool.clientId,
        tokenUse: cognito.token_use,
        flow: sendsPassword(cognito) ? 'USER_PASSWORD_AUTH' : 'USER_SRP_AUTH',
        ...(deployment.cognito === undefined ? {} : { cognito: deployment.cognito }),
      };
    }
    default:
      throw new Error(`auth = ${JSON.stringify(auth satisfies never)} is no mode of the chat`);
  }
}

/** Only where nothing else is allowed. Of an existing pool nothing is known; SRP is what app clients have by default. */
function sendsPassword({ user_pool, auth_flows }: TvmConfig['cognito']): boolean {
  return user_pool === undefined && !auth_flows.includes('USER_SRP');
}

/** The cache that callers get by default, else the first that a permission for topics names outright. */
function topicCache({ token, permissions, groups }: TvmConfig): string | undefined {
  const everyPermission = [...permissions, ...Object.values(groups).flatMap((group) => group.permissions)];
  const named = everyPermission.filter(({ topic }) => topic !== undefined).map(nameOfCache);
  return [...token.caches, ...named].find((name) => name !== undefined);
}

function nameOfCache({ cache }: Permission): string | undefined {
  if (cache === '*') {
    return undefined;
  }
  const template = typeof cache === 'string' ? cache : 'name' in cache ? cache.name : '{}';
  // With a brace in it, it is another name for each caller.
  return /[{}]/.test(template) ? undefined : template;
}
