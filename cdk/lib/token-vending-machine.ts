/**
 * The token vending machine as one construct: the key's secret, the vending function, the endpoint, and who may ask.
 *
 * The switch on the mode is here; what the chat page is told of it, `chat-settings.ts` says.
 */

import { type CfnParameter, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';

import { type Access, openAccess } from './access.ts';
import { ApiKeySecret } from './api-key-secret.ts';
import { chatSettings } from './chat-settings.ts';
import { ChatSite } from './chat-site.ts';
import type { AuthMode, TvmConfig } from './config.ts';
import { Endpoint } from './endpoint.ts';
import { FUNCTION_PROFILE } from './function-build.ts';
import { KeyRotation } from './key-rotation.ts';
import { type CredentialsProof, LambdaAuthorizer, type TokenProof } from './lambda-authorizer.ts';
import { logRetention, MachineFunction, type MachineFunctionSettings } from './machine-function.ts';
import { Monitoring } from './monitoring.ts';
import { checkRegion } from './region.ts';
import { hasSources, repositoryRoot } from './repository.ts';
import type { SecretReference } from './secret-reference.ts';
import { UserDirectory } from './user-directory.ts';

/** @see TokenVendingMachine */
export interface TokenVendingMachineProps {
  /** The validated configuration, as `tvm config render` prints it. */
  readonly config: TvmConfig;
  /** Absolute path of the TOML file that `config` came from; the functions read it at run time. */
  readonly configPath: string;
  /**
   * A NoEcho parameter that may carry the Momento API key. It has no effect where the configuration names a secret.
   * @default - the secret is made without a value; put one into it after the deployment
   */
  readonly apiKeyParameter?: CfnParameter;
  /**
   * URL of Momento's token service, for a private endpoint or a local Momento.
   * @default - the one that the API key names
   */
  readonly momentoTokenEndpoint?: string;
  /**
   * URL of Momento's cache and control services, for a private endpoint or a local Momento. They are used where the
   * configuration says `mode = "shared"` in `[reuse]`, and to renew the API key.
   * @default - the one that the API key names
   */
  readonly momentoCacheEndpoint?: string;
  /**
   * Further environment variables of all functions, such as `SSL_CERT_FILE`. They are in the template: no secrets.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The folder of the Rust workspace with the packages of the functions: `tvm-vending` and so on. It has no effect where the
   * configuration names `artifacts` in `[build]`.
   * @default - the repository that this construct is in; the published package is in none
   */
  readonly workspace?: string;
  /**
   * The cargo profile that the functions are built with.
   * @default 'lambda'
   */
  readonly profile?: string;
}

/**
 * What becomes of the secrets, the users and the logs when the stack is deleted, or when a change of mode has no more use for
 * them. Of a first deployment that fails, nothing stays.
 */
const REMOVAL: Readonly<Record<TvmConfig['deployment']['stage'], RemovalPolicy>> = {
  dev: RemovalPolicy.DESTROY,
  prod: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
};

/**
 * Each mode has a vending function of its own, since a deployed API holds whom it asks and what it calls: with the stage, callers
 * move from the one mode's authorizer and function to the other's in one moment. A function that was changed in place would expect
 * callers whom nobody verifies yet, and refuse everybody until the stage moves.
 */
const VENDING: Readonly<Record<AuthMode, string>> = {
  Open: 'Vending',
  LambdaAuthorizer: 'VendingToChecked',
  AmazonCognito: 'VendingToSignedIn',
};

/** A REST endpoint that vends disposable Momento tokens. */
export class TokenVendingMachine extends Construct {
  readonly endpoint: Endpoint;
  readonly apiKeySecret: SecretReference;
  /** In mode `LambdaAuthorizer`. */
  readonly authorizer: LambdaAuthorizer | undefined;
  /** In mode `AmazonCognito`. */
  readonly userDirectory: UserDirectory | undefined;
  /** Its alarms and its dashboard are there where the configuration says so in `[monitoring]`. */
  readonly monitoring: Monitoring;
  /** Where the configuration says `rotate_every` in `[momento]`. */
  readonly keyRotation: KeyRotation | undefined;
  /** Where the configuration says `enabled = true` in `[web]`. */
  readonly chat: ChatSite | undefined;

  constructor(scope: Construct, id: string, props: TokenVendingMachineProps) {
    super(scope, id);
    const { config } = props;
    checkRegion(this, config);
    const removalPolicy = REMOVAL[config.deployment.stage];
    const cacheTtl = Duration.seconds(config.api.authorizer_cache_ttl);
    const settings = functionSettings(props, removalPolicy);
    const { kms_key: key } = config.deployment;

    let access: Access;
    switch (config.auth) {
      case 'Open':
        access = openAccess;
        break;
      case 'LambdaAuthorizer': {
        const proof = proofOf(config, removalPolicy);
        this.authorizer = new LambdaAuthorizer(this, 'Authorizer', { proof, cacheTtl, settings });
        access = this.authorizer.access;
        break;
      }
      case 'AmazonCognito': {
        const { cognito, groups } = config;
        this.userDirectory = new UserDirectory(this, 'UserDirectory', { cognito, groups, cacheTtl, removalPolicy });
        access = this.userDirectory.access;
        break;
      }
      default:
        throw new Error(`auth = ${JSON.stringify(config.auth satisfies never)} is no mode of this construct`);
    }

    const apiKeySecret = new ApiKeySecret(this, 'ApiKeySecret', {
      ...(config.momento.secret === undefined ? {} : { existing: config.momento.secret }),
      ...(props.apiKeyParameter === undefined ? {} : { parameter: props.apiKeyParameter }),
      rotated: config.momento.rotate_every !== undefined,
      secrets: config.secrets,
      removalPolicy,
    });
    const momentoEnvironment = {
      ...(props.momentoTokenEndpoint === undefined ? {} : { MOMENTO_TOKEN_ENDPOINT: props.momentoTokenEndpoint }),
      ...(props.momentoCacheEndpoint === undefined ? {} : { MOMENTO_CACHE_ENDPOINT: props.momentoCacheEndpoint }),
    };
    const vending = new MachineFunction(this, VENDING[config.auth], {
      ...settings,
      binaryName: 'tvm-vending',
      description: 'Token vending machine: vends disposable Momento tokens',
      timeout: Duration.seconds(config.functions.timeout),
      environment: {
        ...settings.environment,
        MOMENTO_API_KEY_SECRET_ID: apiKeySecret.secretId,
        ...momentoEnvironment,
      },
      secret: apiKeySecret,
    });
    this.apiKeySecret = apiKeySecret;
    this.endpoint = new Endpoint(this, 'Endpoint', {
      vending: vending.function,
      access,
      api: config.api,
      limits: config.limits,
      logs: { retention: logRetention(config.functions), removalPolicy, ...(key === undefined ? {} : { key }) },
      tracing: config.functions.tracing,
    });
    if (config.momento.rotate_every !== undefined) {
      const every = Duration.seconds(config.momento.rotate_every);
      this.keyRotation = new KeyRotation(this, 'KeyRotation', {
        secret: apiKeySecret,
        every,
        momentoEnvironment,
        settings,
      });
    }
    this.monitoring = new Monitoring(this, 'Monitoring', {
      config,
      endpoint: this.endpoint,
      vending: vending.function,
      ...(this.authorizer === undefined ? {} : { authorizer: this.authorizer.function }),
      ...(this.keyRotation === undefined ? {} : { rotation: this.keyRotation.function }),
    });
    if (config.web.enabled) {
      this.chat = this.makeChat(config);
    }
  }

  private makeChat(config: TvmConfig): ChatSite {
    const { endpoint, userDirectory } = this;
    const settings = chatSettings(config, {
      endpoint: endpoint.url,
      ...(userDirectory === undefined
        ? {}
        : { userPool: { id: userDirectory.userPoolId, clientId: userDirectory.userPoolClientId } }),
    });
    const connectTo = [
      endpoint.origin,
      ...(userDirectory === undefined ? [] : [userDirectory.origin]),
      ...momentoOrigins(config.momento),
    ];
    const { kms_key: logKey } = config.deployment;
    return new ChatSite(this, 'Chat', {
      settings,
      connectTo,
      logRetention: logRetention(config.functions),
      ...(logKey === undefined ? {} : { logKey }),
    });
  }
}

/** Where tokens may lead a browser. A v1 key carries its endpoint with it, which is one of Momento's own. */
function momentoOrigins({ endpoint = '' }: TvmConfig['momento']): string[] {
  const own = 'momentohq.com';
  // As web/client/src/momento.ts makes the address.
  return [
    `https://*.${own}`,
    ...(endpoint === '' || endpoint.endsWith(`.${own}`) ? [] : [`https://web.cache.${endpoint}`]),
  ];
}

function proofOf({ authorizer }: TvmConfig, removalPolicy: RemovalPolicy): CredentialsProof | TokenProof {
  const { kind, credentials: place, hmac_secret: signingSecret } = authorizer;
  if (kind === 'credentials') {
    return { kind, place, removalPolicy };
  }
  return signingSecret === undefined ? { kind } : { kind, signingSecret };
}

function workspaceOf({ workspace }: TokenVendingMachineProps): Pick<MachineFunctionSettings, 'workspace'> {
  const found = workspace ?? (hasSources ? repositoryRoot : undefined);
  return found === undefined ? {} : { workspace: found };
}

function functionSettings(props: TokenVendingMachineProps, removalPolicy: RemovalPolicy): MachineFunctionSettings {
  const { kms_key: logKey } = props.config.deployment;
  return {
    configPath: props.configPath,
    ...workspaceOf(props),
    profile: props.profile ?? FUNCTION_PROFILE,
    build: props.config.build,
    functions: props.config.functions,
    secrets: props.config.secrets,
    removalPolicy,
    ...(logKey === undefined ? {} : { logKey }),
    environment: props.environment ?? {},
  };
}
