/**
 * The token vending machine as one construct: the key's secret, the vending function, the endpoint, and who may ask.
 *
 * The switch on the mode is here; what the chat page is told of it, `chat-settings.ts` says.
 */

import { type CfnParameter, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { type Access, openAccess } from './access.ts';
import { ApiKeySecret } from './api-key-secret.ts';
import type { AuthMode, TvmConfig } from './canonical-config.ts';
import { chatSettings } from './chat-settings.ts';
import { ChatSite } from './chat-site.ts';
import { requireSameSource } from './config-source.ts';
import { Endpoint } from './endpoint.ts';
import { FUNCTION_PROFILE } from './function-build.ts';
import { type GivenResources, refuseContradictions, warnOfClaims, withGiven } from './given.ts';
import { KeyRotation } from './key-rotation.ts';
import { type CredentialsProof, LambdaAuthorizer, type TokenProof } from './lambda-authorizer.ts';
import { logRetention, MachineFunction, type MachineFunctionSettings } from './machine-function.ts';
import { Monitoring } from './monitoring.ts';
import type { Network } from './network.ts';
import { checkRegion } from './region.ts';
import { hasSources, repositoryRoot } from './repository.ts';
import { grantSecret, referenceTo, type SecretReference } from './secret-reference.ts';
import { UserDirectory } from './user-directory.ts';

/** @see TokenVendingMachine */
export interface TokenVendingMachineProps extends GivenResources, Network {
  /** The validated configuration, as `tvm config render` prints it. */
  readonly config: TvmConfig;
  /**
   * Absolute path of the TOML file that `config` came from; the functions read it at run time. `loadConfig` and
   * `loadRenderedConfig` return both.
   */
  readonly configPath: string;
  /**
   * A NoEcho parameter that may carry the Momento API key. It has no effect where the secret exists already: by `apiKeySecret`, or
   * by `secret` in `[momento]`.
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
   * Absolute path of the folder with functions that are built already, and their checksums, as `make dist` leaves them.
   * @default - the folder that `[build] artifacts` names; without one, the functions are built from source
   */
  readonly artifacts?: string;
  /**
   * The folder of the Rust workspace with the packages of the functions: `tvm-vending` and so on. It has no effect with functions
   * that are built already.
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
  /** What callers ask, by `endpoint.url`; its REST API is `endpoint.api`. */
  readonly endpoint: Endpoint;
  /** The function that mints tokens. */
  readonly vending: IFunction;
  readonly apiKeySecret: SecretReference;
  /** In mode `LambdaAuthorizer`; its function is `authorizer.function`. */
  readonly authorizer: LambdaAuthorizer | undefined;
  /** In mode `AmazonCognito`; its pool is `userDirectory.userPool`. */
  readonly userDirectory: UserDirectory | undefined;
  /** Its alarms and its dashboard are there where the configuration says so in `[monitoring]`. */
  readonly monitoring: Monitoring;
  /** Where the configuration says `rotate_every` in `[momento]`. */
  readonly keyRotation: KeyRotation | undefined;
  /** Where the configuration says `enabled = true` in `[web]`. */
  readonly chat: ChatSite | undefined;
  private readonly secretsKey: string | undefined;

  constructor(scope: Construct, id: string, props: TokenVendingMachineProps) {
    super(scope, id);
    refuseContradictions(props.config, props);
    requireSameSource(props.config, props.configPath);
    warnOfClaims(this, props.config, props);
    const config = withGiven(props.config, props);
    checkRegion(this, config);
    this.secretsKey = config.secrets.kms_key;
    const removalPolicy = REMOVAL[config.deployment.stage];
    const cacheTtl = Duration.seconds(config.api.authorizer_cache_ttl);
    const settings = functionSettings({ ...props, config }, removalPolicy);
    const { kms_key: key } = config.deployment;

    let access: Access;
    switch (config.auth) {
      case 'Open':
        access = openAccess;
        break;
      case 'LambdaAuthorizer': {
        const proof = this.proofOf(config, removalPolicy, props);
        this.authorizer = new LambdaAuthorizer(this, 'Authorizer', { proof, cacheTtl, settings });
        access = this.authorizer.access;
        break;
      }
      case 'AmazonCognito': {
        const { cognito, groups } = config;
        this.userDirectory = new UserDirectory(this, 'UserDirectory', {
          cognito,
          groups,
          cacheTtl,
          removalPolicy,
          ...givenPool(props),
        });
        access = this.userDirectory.access;
        break;
      }
      default:
        throw new Error(`auth = ${JSON.stringify(config.auth satisfies never)} is no mode of this construct`);
    }

    const apiKeySecret = new ApiKeySecret(this, 'ApiKeySecret', {
      ...this.existingKey(config, props),
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
        ...clientsEnvironment(props),
      },
      secret: apiKeySecret,
    });
    this.vending = vending.function;
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
        momentoEnvironment: { ...momentoEnvironment, ...fieldEnvironment(config.momento) },
        settings,
      });
    }
    this.monitoring = new Monitoring(this, 'Monitoring', {
      config,
      ...(props.alarmTopic === undefined ? {} : { alarmTopic: props.alarmTopic }),
      endpoint: this.endpoint,
      vending: vending.function,
      ...(this.authorizer === undefined ? {} : { authorizer: this.authorizer.function }),
      ...(this.keyRotation === undefined ? {} : { rotation: this.keyRotation.function }),
    });
    if (config.web.enabled) {
      this.chat = this.makeChat(config);
    }
  }

  /** Allows reading the Momento API key, with what decrypts it: for a function of the app that calls Momento itself. */
  grantReadApiKey(grantee: IGrantable): Grant {
    return grantSecret(this, grantee, 'read', this.apiKeySecret, this.secretsKey);
  }

  /** Allows putting another Momento API key into the secret, without reading the one that is there. */
  grantWriteApiKey(grantee: IGrantable): Grant {
    return grantSecret(this, grantee, 'write', this.apiKeySecret, this.secretsKey);
  }

  private existingKey(
    { momento }: TvmConfig,
    { apiKeySecret }: TokenVendingMachineProps,
  ): { readonly existing?: string | SecretReference } {
    if (apiKeySecret !== undefined) return { existing: referenceTo(this, apiKeySecret) };
    return momento.secret === undefined ? {} : { existing: momento.secret };
  }

  private proofOf(
    { authorizer }: TvmConfig,
    removalPolicy: RemovalPolicy,
    { credentialsSecret, signingSecret: given }: TokenVendingMachineProps,
  ): CredentialsProof | TokenProof {
    const { kind, credentials: place, hmac_secret } = authorizer;
    if (kind === 'credentials') {
      const existing = credentialsSecret === undefined ? {} : { existing: referenceTo(this, credentialsSecret) };
      return { kind, place, removalPolicy, ...existing };
    }
    const signingSecret = given === undefined ? hmac_secret : referenceTo(this, given);
    return signingSecret === undefined ? { kind } : { kind, signingSecret };
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

/** What the rotation function is told of the secret: it reads no configuration. */
function fieldEnvironment({ secret_field: field }: TvmConfig['momento']): Readonly<Record<string, string>> {
  return field === undefined ? {} : { MOMENTO_API_KEY_FIELD: field };
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

function givenPool({ userPool: pool, userPoolClients: [first] = [] }: TokenVendingMachineProps) {
  return pool === undefined || first === undefined ? {} : { given: { pool, clientId: first.userPoolClientId } };
}

/** The file does not list the clients of a pool that the app gives: their ids are known no sooner than when it is deployed. */
function clientsEnvironment({ userPoolClients }: TokenVendingMachineProps): Readonly<Record<string, string>> {
  return userPoolClients === undefined
    ? {}
    : { COGNITO_CLIENT_IDS: userPoolClients.map(({ userPoolClientId }) => userPoolClientId).join(',') };
}

function workspaceOf({ workspace }: TokenVendingMachineProps): Pick<MachineFunctionSettings, 'workspace'> {
  const found = workspace ?? (hasSources ? repositoryRoot : undefined);
  return found === undefined ? {} : { workspace: found };
}

function networkOf({ vpc, vpcSubnets, securityGroups }: Network): Network {
  return {
    ...(vpc === undefined ? {} : { vpc }),
    ...(vpcSubnets === undefined ? {} : { vpcSubnets }),
    ...(securityGroups === undefined ? {} : { securityGroups }),
  };
}

function functionSettings(props: TokenVendingMachineProps, removalPolicy: RemovalPolicy): MachineFunctionSettings {
  const { kms_key: logKey } = props.config.deployment;
  return {
    configPath: props.configPath,
    ...workspaceOf(props),
    profile: props.profile ?? FUNCTION_PROFILE,
    build: { ...props.config.build, ...(props.artifacts === undefined ? {} : { artifacts: props.artifacts }) },
    functions: props.config.functions,
    secrets: props.config.secrets,
    removalPolicy,
    ...(logKey === undefined ? {} : { logKey }),
    environment: props.environment ?? {},
    ...networkOf(props),
  };
}
