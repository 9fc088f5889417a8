/**
 * A function of the machine: one binary of the Rust workspace, the configuration file beside it, a role and a log group
 * of its own.
 *
 * The role may write to that log group and read that one secret, if any, decrypted by the key that `[secrets]` names. There is no managed policy, and no statement here names
 * another resource; with `[functions] tracing`, it may also hand in traces, which AWS X-Ray takes for no resource in particular, and
 * in a VPC, Lambda may make network interfaces by it.
 */

import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type CfnFunction,
  type Code,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { acknowledge } from './acknowledged.ts';
import { prebuiltCode } from './artifacts.ts';
import type { TvmConfig } from './canonical-config.ts';
import type { FunctionName } from './function-build.ts';
import { logGroup as makeLogGroup } from './log-group.ts';
import { mayConnect, type Network } from './network.ts';
import { forThisSecret, type SecretReference } from './secret-reference.ts';
import { ARCHITECTURES, MissingProgram, sourceCode } from './source-code.ts';

/** What the functions of a machine share. */
export interface MachineFunctionSettings extends Network {
  /** Absolute path of the TOML file; it is put beside the binary as `tvm.toml`, which is where the functions look for it. */
  readonly configPath: string;
  /**
   * The folder of the Rust workspace.
   * @default - none: the functions are built already
   */
  readonly workspace?: string;
  /** The cargo profile of the workspace that the binary is built with. */
  readonly profile: string;
  /** The configuration's `[build]`. */
  readonly build: TvmConfig['build'];
  /** How they run, as the configuration says. How long each may, it says itself. */
  readonly functions: Omit<TvmConfig['functions'], 'timeout'>;
  /** The configuration's `[secrets]`. */
  readonly secrets: TvmConfig['secrets'];
  /** What becomes of the logs when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * ARN of the KMS key that encrypts the logs.
   * @default - CloudWatch Logs encrypts by a key of its own
   */
  readonly logKey?: string;
  /** Environment variables of all functions. No secret belongs here: they are in the template. */
  readonly environment: Readonly<Record<string, string>>;
}

/** @see MachineFunction */
export interface MachineFunctionProps extends MachineFunctionSettings {
  /** What to build. */
  readonly binaryName: FunctionName;
  /** One line for the Lambda console. */
  readonly description: string;
  /** For one request. */
  readonly timeout: Duration;
  /**
   * The one secret that the function may read.
   * @default - none
   */
  readonly secret?: SecretReference;
}

/** How long the logs of a deployment's functions are kept. `tvm` accepts only what CloudWatch, and so this enum, has. */
export function logRetention({ log_retention: seconds }: Pick<TvmConfig['functions'], 'log_retention'>): RetentionDays {
  return Duration.seconds(seconds).toDays() as RetentionDays;
}

/** One Rust function with least privilege. */
export class MachineFunction extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: MachineFunctionProps) {
    super(scope, id);
    const { functions, logKey, removalPolicy } = props;
    const { memory: memorySize, reserved_concurrency: reserved } = functions;

    const logGroup = makeLogGroup(this, 'Logs', {
      retention: logRetention(functions),
      removalPolicy,
      ...(logKey === undefined ? {} : { key: logKey }),
    });
    // Not AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    if (props.secret !== undefined) {
      // Not `Secret.grantRead`, which adds DescribeSecret.
      role.addToPolicy(
        new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [props.secret.policyResource] }),
      );
      const key = props.secret.encryptionKey ?? props.secrets.kms_key;
      if (key !== undefined) role.addToPolicy(mayUseKey('kms:Decrypt', props.secret, key, this));
    }
    if (functions.tracing) {
      acknowledge(role, { 'IAM5[Resource::*]': 'to hand in a trace, and AWS X-Ray knows no resources there' });
    }
    const { vpc, vpcSubnets, securityGroups } = props;
    if (vpc !== undefined) mayConnect(role);

    const settings = {
      description: props.description,
      architecture: ARCHITECTURES[functions.architecture],
      memorySize,
      timeout: props.timeout,
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
      ...(functions.tracing ? { tracing: Tracing.ACTIVE } : {}),
      environment: { ...props.environment },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(vpc === undefined ? {} : { vpc }),
      ...(vpcSubnets === undefined ? {} : { vpcSubnets }),
      ...(securityGroups === undefined ? {} : { securityGroups: [...securityGroups] }),
    };
    this.function = new LambdaFunction(this, 'Function', {
      ...settings,
      runtime: Runtime.PROVIDED_AL2023,
      // Of a program that is its own runtime, nobody reads it.
      handler: 'bootstrap',
      code: this.#code(props),
    });
    // `UpdateFunctionConfiguration` leaves alone what it is not given. CDK would let a function that passes traces through hand in its own.
    if (!functions.tracing) {
      (this.function.node.defaultChild as CfnFunction).tracingConfig = { mode: 'PassThrough' };
    }
  }

  /** Built already, or from source: the same function either way, so that a change between them replaces nothing. */
  #code({ binaryName, build: { artifacts }, configPath, functions, profile, workspace }: MachineFunctionProps): Code {
    const { architecture } = functions;
    if (artifacts !== undefined) return prebuiltCode(this, { artifacts, binaryName, architecture, configPath });
    if (workspace !== undefined) return sourceCode(this, { workspace, binaryName, profile, architecture, configPath });
    throw new MissingProgram(
      `there is nothing here to build ${binaryName} from: name functions that are built already in [build] artifacts ` +
        '(`make dist` makes them), or the Rust workspace by the prop `workspace`',
    );
  }
}

/** To use that key for that one secret alone, and only as Secrets Manager asks for it, in the region of the secret. */
export function mayUseKey(
  action: 'kms:Decrypt' | 'kms:GenerateDataKey',
  secret: SecretReference,
  key: string,
  scope: Construct,
): PolicyStatement {
  return new PolicyStatement({ actions: [action], resources: [key], conditions: forThisSecret(scope, secret) });
}
