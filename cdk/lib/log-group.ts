/** The log groups of a stack: all kept as long as the configuration says, and encrypted by its key where it names one. */

import type { RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What the log groups of a stack have in common. */
export interface LogSettings {
  /** How long lines are kept. */
  readonly retention: RetentionDays;
  /** What becomes of them when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * ARN of the KMS key that encrypts them. CloudWatch Logs uses it, and no role of this stack.
   * @default - CloudWatch Logs encrypts by a key of its own
   */
  readonly key?: string;
}

/**
 * A log group under `scope`.
 *
 * @param logGroupName - by default CloudFormation's choice, which no other log group of the account has
 */
export function logGroup(scope: Construct, id: string, settings: LogSettings, logGroupName?: string): LogGroup {
  const { key, ...kept } = settings;
  return new LogGroup(scope, id, {
    ...kept,
    ...(key === undefined ? {} : { encryptionKey: Key.fromKeyArn(scope, `${id}Key`, key) }),
    ...(logGroupName === undefined ? {} : { logGroupName }),
  });
}
