/**
 * `[momento] rotate_every`: a function that renews the API key by its refresh token, and the schedule on which Secrets Manager
 * calls it.
 *
 * The role may read, write and relabel that one secret and no other; nobody but Secrets Manager may call the function, and for
 * no other secret.
 */

import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

import { MachineFunction, type MachineFunctionSettings, mayUseKey } from './machine-function.ts';
import type { SecretReference } from './secret-reference.ts';

/** @see KeyRotation */
export interface KeyRotationProps {
  /** The secret with the key; one that the stack makes. */
  readonly secret: SecretReference;
  /** Whole days. */
  readonly every: Duration;
  /** Where Momento is, if not where the key says: as the vending function is told. */
  readonly momentoEnvironment: Readonly<Record<string, string>>;
  /** How the function is built and run. */
  readonly settings: MachineFunctionSettings;
}

/** Time for Momento, for storing what it gave when Secrets Manager is slow, and for a slow start. */
const TIMEOUT = Duration.seconds(30);

/** The function that renews the key, and its schedule. */
export class KeyRotation extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: KeyRotationProps) {
    super(scope, id);
    const { secret, settings } = props;
    // Secrets Manager calls it once in many days: nothing is reserved for it, and there is no request to trace.
    const { reserved_concurrency: _, ...functions } = settings.functions;
    const made = new MachineFunction(this, 'Function', {
      ...settings,
      functions: { ...functions, tracing: false },
      binaryName: 'tvm-rotation',
      description: 'Token vending machine: renews the Momento API key',
      timeout: TIMEOUT,
      environment: { ...settings.environment, ...props.momentoEnvironment },
      secret,
    });
    this.function = made.function;
    const { kms_key } = settings.secrets;
    this.function.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resources: [secret.policyResource],
      }),
    );
    if (kms_key !== undefined) {
      this.function.addToRolePolicy(mayUseKey('kms:GenerateDataKey', secret, kms_key, this));
    }

    const permission = new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: this.function.functionArn,
      principal: new ServicePrincipal('secretsmanager.amazonaws.com').service,
      sourceAccount: Stack.of(this).account,
      sourceArn: secret.secretArn,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: secret.secretId,
      rotationLambdaArn: this.function.functionArn,
      rotationRules: { automaticallyAfterDays: props.every.toDays() },
      // When it is deployed first, the secret has no value, or a key that was put there a moment ago.
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager tries whether it may call the function.
    schedule.addResourceDependency(permission);
  }
}
